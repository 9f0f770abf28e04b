/* SPDX-License-Identifier: EUPL-1.2
 *
 * The export of a real node with one file changed, checked as `tov-audit verify` does: two bytes
 * say which file and how, the rest is what stands in it, or where bits of it are flipped. What is
 * changed under the old manifest is never verified; whatever is changed, by somebody who has no
 * key, nobody is accused (TOV_CLASS_INCONSISTENT).
 */
#include "fuzz.h"

#include "audit/verify.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 128u
#define FILE_MAX_BYTES (1u << 20)
#define NAME_SIZE 256u

struct file {
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_buf bytes;
};

static struct {
    char folder[NAME_SIZE]; /* the copy that is damaged */
    size_t count;           /* with the manifest, which is the last */
    struct file files[FILES_MAX];
} export;

/* ---- files ---- */

static void read_file(const char *path, struct tov_buf *out)
{
    char name[2 * NAME_SIZE];
    (void)snprintf(name, sizeof name, "%s/a1/%s", FUZZ_EXPORT, path);
    FILE *file = fopen(name, "rb");
    *out = TOV_BUF_INIT(FILE_MAX_BYTES);
    MUST(file != NULL);
    for (int c = fgetc(file); c != EOF; c = fgetc(file))
        tov_buf_put_u8(out, (uint8_t)c);
    MUST(fclose(file) == 0 && out->failed == TOV_OK);
}

static void write_file(const char *path, struct tov_bytes bytes)
{
    char name[2 * NAME_SIZE];
    (void)snprintf(name, sizeof name, "%s/%s", export.folder, path);
    for (char *slash = strchr(name + strlen(export.folder) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(name, 0700);
        *slash = '/';
    }
    FILE *file = fopen(name, "wb");
    MUST(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    MUST(fclose(file) == 0);
}

static int remove_one(const char *name, const struct stat *info, int flag, struct FTW *place)
{
    (void)info;
    (void)flag;
    (void)place;
    return remove(name);
}

static void remove_copy(void)
{
    (void)nftw(export.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void take_file(struct tov_bytes path)
{
    struct file *file = &export.files[export.count++];
    MUST(export.count <= FILES_MAX && path.size < sizeof file->path);
    memcpy(file->path, path.data, path.size);
    read_file(file->path, &file->bytes);
    write_file(file->path, tov_buf_view(&file->bytes));
}

static void make_copy(void)
{
    struct tov_buf manifest;
    struct tov_export_file listed;
    if (export.count > 0)
        return;
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(export.folder, sizeof export.folder, "%s/tov-fuzz-audit-XXXXXX", root);
    MUST(mkdtemp(export.folder) != NULL && atexit(remove_copy) == 0);
    read_file("manifest", &manifest);
    struct tov_bytes rest = tov_buf_view(&manifest);
    while (rest.size > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.size);
        MUST(end != NULL);
        struct tov_bytes line = {rest.data, (size_t)(end - rest.data)};
        MUST(tov_export_parse_file(line, &listed) == TOV_OK);
        take_file(listed.path);
        rest = (struct tov_bytes){end + 1, rest.size - line.size - 1};
    }
    take_file(tov_bytes_of_text("manifest"));
    tov_buf_fini(&manifest);
}

/* A manifest that fits, with CHANGED in the place of file AT. */
static void write_manifest(size_t at, struct tov_bytes changed)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(FILE_MAX_BYTES);
    for (size_t i = 0; i + 1 < export.count; i++) {
        struct tov_bytes bytes = i == at ? changed : tov_buf_view(&export.files[i].bytes);
        struct tov_export_file line = {tov_sha256(bytes), bytes.size,
                                       tov_bytes_of_text(export.files[i].path)};
        tov_export_put_file(&out, &line);
    }
    MUST(out.failed == TOV_OK);
    write_file("manifest", tov_buf_view(&out));
}

/* ---- the check ---- */

static enum tov_exit_code verify(void)
{
    struct tov_verify verify = {.count = 0};
    struct tov_error error;
    MUST(tov_verify_roots(&verify, FUZZ_EXPORT "/roots", &error) == TOV_OK);
    enum tov_exit_code code = TOV_AUDIT_UNVERIFIABLE;
    if (tov_verify_add(&verify, export.folder, &error) == TOV_OK) {
        tov_verify_run(&verify);
        code = tov_verify_verdict(&verify);
    }
    tov_verify_fini(&verify);
    return code;
}

static void flip(struct tov_reader *reader, struct tov_buf *bytes)
{
    while (reader->left >= 3 && bytes->size > 0) {
        size_t at = tov_read_u16(reader) % bytes->size;
        bytes->data[at] ^= tov_read_u8(reader);
    }
}

/* HOW: 1 whole, else flipped; 2 with a manifest that fits; 4 cut to half. */
static void change(uint8_t how, struct tov_reader *reader, struct tov_buf *bytes)
{
    if ((how & 1) != 0) {
        tov_buf_clear(bytes);
        tov_buf_put_bytes(bytes, tov_read_bytes(reader, reader->left));
    } else {
        flip(reader, bytes);
    }
    if ((how & 4) != 0)
        bytes->size /= 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(FILE_MAX_BYTES);
    struct tov_reader reader = tov_reader_of((struct tov_bytes){data, size});
    make_copy();
    size_t at = tov_read_u8(&reader) % export.count;
    uint8_t how = tov_read_u8(&reader);
    if (reader.failed)
        return 0;
    struct tov_bytes before = tov_buf_view(&export.files[at].bytes);
    tov_buf_put_bytes(&changed, before);
    change(how, &reader, &changed);
    struct tov_bytes after = tov_buf_view(&changed);
    bool is_manifest = at + 1 == export.count;
    write_file(export.files[at].path, after);
    if ((how & 2) != 0 && !is_manifest)
        write_manifest(at, after);
    enum tov_exit_code code = verify();
    write_file(export.files[at].path, before);
    write_file("manifest", tov_buf_view(&export.files[export.count - 1].bytes));
    MUST(code == TOV_AUDIT_VERIFIED || code == TOV_AUDIT_CORRUPT || code == TOV_AUDIT_UNVERIFIABLE);
    if (tov_bytes_equal(before, after))
        MUST(code == TOV_AUDIT_VERIFIED);
    else if ((how & 2) == 0 || is_manifest)
        MUST(code != TOV_AUDIT_VERIFIED);
    return 0;
}
