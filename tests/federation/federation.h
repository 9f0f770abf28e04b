/* SPDX-License-Identifier: EUPL-1.2
 *
 * The demo federation with real nodes: kk, kbh-pol and krfo on free ports of loopback, in a folder
 * of its own in the build tree, which is removed when the test program ends well.
 * Not for: faults finer than processes (the simulation), or one node's parts (unit tests).
 * Never take a port or a folder that is not from here: tests run beside each other.
 */
#ifndef TOV_TESTS_FEDERATION_FEDERATION_H
#define TOV_TESTS_FEDERATION_FEDERATION_H

#include <tov/tov.h>

#include <stdbool.h>
#include <sys/types.h>

#define NODES 3
#define FEDERATION_PATH_SIZE 512

enum node_number { KK = 0, KBH_POL = 1, KRFO = 2 };

struct node {
    const char *agency;
    const char *unit;   /* of its caseworker: "kk/vink" */
    char endpoint[160]; /* of its front */
    pid_t pid;          /* of its supervisor; 0: not running */
};

struct federation {
    char folder[FEDERATION_PATH_SIZE];
    struct node nodes[NODES];
    unsigned spare_ports[2]; /* free when it was made, and used by no node */
};

/* Makes keys, roster, configurations. Stops the test program when that fails. */
void federation_create(struct federation *federation);
/* The same with nodes elsewhere than at loopback. */
struct federation_place {
    const char *gateways[NODES]; /* an address for each, or NULL: loopback */
    const char *fronts[NODES];   /* the same */
    bool has_sockets;            /* fronts listen at files in the folder instead */
};
void federation_create_at(struct federation *federation, const struct federation_place *place);
/* Ends the nodes; removes the folder unless a test failed, then says where it is. */
void federation_destroy(struct federation *federation);

/* A path in the folder: federation_path(&f, out, "acks/%s", agency). */
__attribute__((format(printf, 3, 4))) void federation_path(const struct federation *federation,
                                                           char out[FEDERATION_PATH_SIZE],
                                                           const char *format, ...);
/* The path of a program of the build: "tovd". */
void federation_program(char out[FEDERATION_PATH_SIZE], const char *name);

/* Adds a client with the ROLES and UNITS (comma lists) to a node that is not running. */
struct client_wish {
    enum node_number node;
    const char *name;
    const char *roles;
    const char *units;
};
void federation_add_client(struct federation *federation, const struct client_wish *wish);

void node_start(struct federation *federation, enum node_number number);
/* With a tovd that is not the build's, or with words for env(1) before it, ending with NULL:
 * "NAME=value", or a program that becomes it. Either may be NULL. */
struct node_wish {
    const char *program;
    const char *const *environment;
};
void node_start_as(struct federation *federation, enum node_number number,
                   const struct node_wish *wish);
/* By TERM; false when it did not end by itself. */
bool node_stop(struct federation *federation, enum node_number number);
/* Signal 9 to all its processes. */
void node_kill(struct federation *federation, enum node_number number);
/* Signal 9 to one of its role processes; waits for it to be there first. */
bool node_kill_role(struct federation *federation, enum node_number number, const char *role);

/* A connection as CLIENT ("caseworker", "auditor"), or NULL when there is none within TIMEOUT_MS.
 */
struct tov_client *node_connect(const struct federation *federation, enum node_number number,
                                const char *client, int timeout_ms);
/* Has the node's caseworker write the note with ID (federation/note.h) to units TO; false when it
 * is not acknowledged within TIMEOUT_MS. */
struct node_note {
    uint64_t id;
    const char *to;
};
bool node_sends(const struct federation *federation, enum node_number number,
                const struct node_note *note, int timeout_ms);
/* Waits until IS holds for the status that the node tells its caseworker; WANTED is handed on. */
struct node_question {
    bool (*is)(const struct tov_node_status *facts, const void *wanted);
    const void *wanted;
};
bool node_tells(const struct federation *federation, enum node_number number,
                const struct node_question *question, int timeout_ms);
/* Waits until it tells STATE, and a sentence with WORDS in it; NULL: no sentence. */
struct node_saying {
    const char *state;
    const char *words;
};
bool node_says(const struct federation *federation, enum node_number number,
               const struct node_saying *saying, int timeout_ms);
/* Waits until the node takes messages and has signed all that it holds. */
bool node_serves(const struct federation *federation, enum node_number number, int timeout_ms);

/* Runs a program of ours to its end: NAME of the build, ARGUMENTS ending with NULL. *OUT_TEXT is
 * its standard output, free() it. */
int federation_run(const struct federation *federation, const char *name,
                   const char *const arguments[], char **out_text);
/* The same for `tov` as CLIENT of the node. */
int federation_tov(const struct federation *federation, enum node_number number, const char *client,
                   const char *const arguments[], char **out_text);
/* Exports the node's ledger into OUT_FOLDER, exports/<agency> of the federation's folder. */
bool node_exports(const struct federation *federation, enum node_number number,
                  char out_folder[FEDERATION_PATH_SIZE]);
/* Exports the node's ledger and verifies it; true when tov-audit finds nothing. */
bool node_export_verifies(struct federation *federation, enum node_number number);

#endif
