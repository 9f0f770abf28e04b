/* SPDX-License-Identifier: EUPL-1.2
 *
 * The files of a core in a folder of its own, and the processes around it, played by a child.
 * Not for: the core itself (process_test.c).
 */
#ifndef TOV_TESTS_CORE_PROCESS_SCENE_H
#define TOV_TESTS_CORE_PROCESS_SCENE_H

#include "ipc/ipc_messages.h"
#include "roster/keytext.h"
#include "supervisor/role.h"
#include "support/sim_federation.h"
#include "support/unit.h"
#include "wire/api.h"

#include <sys/types.h>

enum process_end { END_GUARD, END_GATEWAY, END_FRONT, END_SUPERVISOR, ENDS };

struct process_scene {
    struct sim_federation *federation;
    char folder[64];
    char config[100];
    int far[ENDS]; /* the other ends of the sockets handed out last, or -1 */
    int near[ENDS];
    pid_t world;
};

/* Agency a1 of COUNT agencies, whose files are all right. */
void process_scene_init(struct process_scene *scene, size_t count);
void process_scene_fini(struct process_scene *scene);
/* CONTENT NULL: the file is gone. */
void process_scene_put(const struct process_scene *scene, const char *file, const char *content);
void process_scene_put_text(const struct process_scene *scene, const char *file,
                            struct tov_buf *text);
/* Its configuration for AGENCY, with MORE lines. */
void process_scene_configure(const struct process_scene *scene, const char *agency,
                             const char *more);
void process_scene_break_signature(const struct process_scene *scene);
/* Its key file NAME: a key for PURPOSE, locked unless PASSPHRASE is NULL. */
void process_scene_put_key(const struct process_scene *scene, const char *name,
                           enum tov_key_purpose purpose, const char *passphrase);
/* Fresh sockets each time, unless a world holds their other ends: the core takes them over. */
struct tov_role_arguments process_scene_arguments(struct process_scene *scene);

/* What the child sees. */
struct process_world {
    struct process_scene *scene;
    struct tov_ipc *guard, *gateway, *front, *supervisor;
    struct tov_guard_local *signer;
    bool is_ready, is_serving, is_closed;
    char status[128]; /* the last */
    unsigned client_lists, peer_lists, alive, answers, peer_frames;
    size_t clients; /* of the last list */
    uint64_t error; /* of the last answer, which came for */
    uint64_t connection;
    unsigned refused_busy; /* answers of TOV_E_BUSY */
    size_t peer_bytes;
};

/* PLAY in a child, which fails the program when it does. */
void process_world_begin(struct process_scene *scene, void (*play)(struct process_world *world));
void process_world_end(struct process_scene *scene);
/* Answers the guard's questions and gathers what comes, until it holds; stops the child when it
 * never does. */
void process_world_until(struct process_world *world,
                         bool (*holds)(const struct process_world *world));
void process_world_until_closed(struct process_world *world);
/* REQUEST by the caseworker of a1, on connection 77; or by the client with KEY on another. */
void process_world_ask(struct process_world *world, struct tov_record request);
void process_world_ask_as(struct process_world *world, struct tov_record request,
                          const uint8_t key[32], uint64_t connection);
void process_world_relink(struct process_world *world, enum tov_ipc_link link);
void process_world_terminate(const struct process_world *world);

#endif
