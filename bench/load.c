/* SPDX-License-Identifier: EUPL-1.2
 *
 * A client that loads one node through libtov: messages of a given size to one unit of the other
 * agency, with up to W submits in flight, until the receiver's receipt for the last one is stored
 * at the sender. Prints lines `NAME VALUE UNIT`. Not for: setting up nodes (bench/run).
 *
 *   bench_load ENDPOINT FRONT_PUB KEY FROM TO COUNT WINDOW SIZE [BASIS]
 *
 * BASIS: the legal one of FROM; without it that of Kriminalforsorgen. With WINDOW 1 the next
 * message is sent when the receipt of the one before is there: latency.
 */
#include <tov/tov.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WINDOW_MAX 4096

struct slot {
    struct tov_message_draft *draft;
    struct tov_submit *submit;
    double began;
};

struct load {
    struct tov_client *client;
    struct tov_watch *watch;
    const char *from, *to, *basis;
    char *text;
    size_t count, window;
    size_t begun, accepted;
    uint64_t delivered; /* newest link number with a receipt */
    uint64_t base;      /* link number before the first message */
    struct slot slots[WINDOW_MAX];
    size_t used;
    double *latencies;
    double last_begun;
};

static double now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void stop(const char *what, const struct tov_error *error)
{
    (void)fprintf(stderr, "load: %s: %s\n", what, error->text);
    exit(EXIT_FAILURE);
}

static void need(enum tov_err err, const char *what, const struct tov_error *error)
{
    if (err != TOV_OK)
        stop(what, error);
}

static struct tov_message_draft *make_draft(const struct load *load)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_message_draft *draft = NULL;
    const char *const fields[][2] = {
        {"fields.kind", "aftale"},
        {"header.legal_bases", load->basis},
        {"header.about.concern_ref", "000102030405060708090a0b0c0d0e0f"},
        {"header.purpose", "forebyggelse"},
        {"header.use_limits", "ikke_efterforskning"},
        {"header.occurred_at", "2021-02-16T10:00:00Z"},
        {"content.necessity", "Enheden skal bruge oplysningen i sin opgave."},
    };
    need(tov_message_draft_create("msg.note", &draft, &error), "draft", &error);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        need(tov_message_draft_set(draft, fields[i][0], fields[i][1], &error), fields[i][0],
             &error);
    need(tov_message_draft_set(draft, "content.free_text", load->text, &error), "text", &error);
    need(tov_message_draft_set_sender(draft, load->from, &error), "sender", &error);
    need(tov_message_draft_add_recipient(draft, load->to, TOV_SEES_ALL,
                                         "Enheden er modtager i denne måling.", &error),
         "recipient", &error);
    return draft;
}

static void begin_one(struct load *load)
{
    struct tov_error error = {TOV_OK, ""};
    struct slot *slot = &load->slots[load->used++];
    slot->draft = make_draft(load);
    slot->began = load->last_begun = now_ms();
    need(tov_submit_begin(load->client, slot->draft, NULL, &slot->submit, &error), "submit",
         &error);
    load->begun++;
}

static void print_remarks(const struct tov_message_draft *draft)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        const struct tov_remark *remark = tov_remarks_at(remarks, i);
        (void)fprintf(stderr, "load: %s: %s\n", remark->field, remark->reason_en);
    }
}

/* Takes the answer of a slot; false when there is none yet. */
static int take_slot(struct load *load, struct slot *slot)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_submission *submission = NULL;
    enum tov_err err = tov_submit_take(slot->submit, &submission, &error);
    if (err == TOV_E_AGAIN)
        return 0;
    if (err != TOV_OK) {
        print_remarks(slot->draft);
        stop("submit", &error);
    }
    if (load->base == UINT64_MAX)
        load->base = tov_submission_delivery(submission, 0)->link_number - 1;
    tov_submission_destroy(submission);
    tov_submit_destroy(slot->submit);
    tov_message_draft_destroy(slot->draft);
    load->accepted++;
    return 1;
}

static void take_answers(struct load *load)
{
    for (size_t i = 0; i < load->used;) {
        if (take_slot(load, &load->slots[i]))
            load->slots[i] = load->slots[--load->used];
        else
            i++;
    }
}

static void take_events(struct load *load)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_event *event = NULL;
    enum tov_err err;
    while ((err = tov_watch_take(load->watch, &event, &error)) == TOV_OK) {
        const struct tov_event_facts *facts = tov_event_facts(event);
        if (facts->kind == TOV_EVENT_DELIVERED)
            load->delivered = facts->last_link;
        tov_event_destroy(event);
    }
    if (err != TOV_E_AGAIN)
        stop("watch", &error);
}

static size_t receipted(const struct load *load)
{
    if (load->base == UINT64_MAX || load->delivered < load->base)
        return 0;
    return (size_t)(load->delivered - load->base);
}

static void run(struct load *load)
{
    struct tov_error error = {TOV_OK, ""};
    size_t measured = 0;
    while (receipted(load) < load->count) {
        size_t ahead = load->window == 1 ? load->begun - receipted(load) : load->used;
        while (load->begun < load->count && ahead < load->window) {
            begin_one(load);
            ahead++;
        }
        enum tov_err err = tov_client_wait(load->client, 30000, &error);
        if (err != TOV_OK)
            stop("wait", &error);
        take_answers(load);
        take_events(load);
        if (load->window == 1 && receipted(load) > measured && load->accepted > measured)
            load->latencies[measured++] = now_ms() - load->last_begun;
    }
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

static double cpu_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print(struct load *load, double seconds, double cpu)
{
    printf("cpu_client %.1f us\n", cpu * 1e6 / (double)load->count);
    if (load->window > 1) {
        printf("rate %.0f /s\n", (double)load->count / seconds);
        return;
    }
    qsort(load->latencies, load->count, sizeof *load->latencies, compare);
    printf("latency_p50 %.3f ms\n", load->latencies[load->count / 2]);
    printf("latency_p99 %.3f ms\n", load->latencies[load->count * 99 / 100]);
}

static void open_client(struct load *load, char **argv)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    struct tov_watch_options watch = TOV_WATCH_OPTIONS_INIT;
    options.endpoint = argv[1];
    options.front_path = argv[2];
    options.key_path = argv[3];
    options.program = "tov-bench";
    options.timeout_ms = 60000;
    watch.from_now = 1;
    watch.deliveries = 1;
    watch.without_written = 1; /* what it has sent it knows; the receipts are what it waits for */
    need(tov_client_open(&options, &load->client, &error), "open", &error);
    need(tov_watch_open(load->client, &watch, &load->watch, &error), "watch", &error);
}

static char *make_text(size_t size)
{
    static const char words[] = "Koordinering af indsatsen er aftalt med de deltagende parter. ";
    char *text = malloc(size + 1);
    if (text == NULL)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < size; i++)
        text[i] = words[i % (sizeof words - 1)];
    text[size] = '\0';
    return text;
}

int main(int argc, char **argv)
{
    if (argc != 9 && argc != 10) {
        (void)fprintf(stderr, "usage: bench_load ENDPOINT FRONT_PUB KEY FROM TO COUNT WINDOW SIZE "
                              "[BASIS]\n");
        return 2;
    }
    struct load *load = calloc(1, sizeof *load);
    if (load == NULL)
        return EXIT_FAILURE;
    load->from = argv[4];
    load->to = argv[5];
    load->basis = argc == 10 ? argv[9] : "RPL115-2/1-1";
    load->count = strtoul(argv[6], NULL, 10);
    load->window = strtoul(argv[7], NULL, 10);
    load->text = make_text(strtoul(argv[8], NULL, 10));
    load->base = UINT64_MAX;
    load->latencies = calloc(load->count + 1, sizeof *load->latencies);
    if (load->latencies == NULL || load->window < 1 || load->window > WINDOW_MAX || load->count < 1)
        return 2;
    /* Hundreds of drafts come and go together. By its defaults malloc would give their memory back
     * to the kernel, and fault it in again, some hundred times a second. */
    (void)mallopt(M_TRIM_THRESHOLD, 32 * 1024 * 1024);
    open_client(load, argv);
    double began = now_ms(), cpu = cpu_s();
    run(load);
    print(load, (now_ms() - began) / 1e3, cpu_s() - cpu);
    tov_watch_close(load->watch);
    tov_client_close(load->client);
    free(load->latencies);
    free(load->text);
    free(load);
    return EXIT_SUCCESS;
}
