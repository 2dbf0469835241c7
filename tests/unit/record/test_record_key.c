/* Keys: PEM both ways with openssl, RFC 8410's own examples, files that are refused. */
#include "support.h"

#include "base/file.h"
#include "base/sha256.h"

#include <string.h>
#include <sys/stat.h>

/* RFC 8410 section 10.3, and the public key of section 10.1, which belongs to it. */
static const char rfc_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
static const char rfc_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                 "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                                 "-----END PUBLIC KEY-----\n";

static void test_rfc_8410_examples(void **state)
{
    struct support *self = *state;
    uint8_t seed[32];
    char hex[65];
    assert_int_equal(vg_record_key_parse_private(rfc_private, strlen(rfc_private), seed, NULL),
                     VG_OK);
    /* RFC 8410 section 10.3, the ASN.1 dump of the same key. */
    assert_string_equal(vg_hex(seed, 32, hex),
                        "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842");
    assert_int_equal(vg_file_write(self->key, rfc_private, strlen(rfc_private), NULL), VG_OK);
    assert_int_equal(chmod(self->key, 0600), 0);
    struct vg_record_key key;
    uint8_t pub[32];
    assert_int_equal(vg_record_key_load(self->key, &key, NULL), VG_OK);
    assert_int_equal(vg_record_key_parse_public(rfc_public, strlen(rfc_public), pub, NULL), VG_OK);
    assert_memory_equal(key.public_key, pub, 32);
    struct vg_buf text = {0};
    assert_int_equal(vg_file_read(self->pub, 4096, &text, NULL), VG_OK);
    assert_string_equal(vg_buf_text(&text), rfc_public);
    vg_buf_finish(&text);
    vg_record_key_wipe(&key);
}

static void test_a_key_is_made_and_kept(void **state)
{
    struct support *self = *state;
    struct vg_record_key a;
    struct vg_record_key b;
    assert_int_equal(vg_record_key_load(self->key, &a, NULL), VG_OK);
    assert_int_equal(vg_record_key_load(self->key, &b, NULL), VG_OK);
    assert_memory_equal(&a, &b, sizeof a);
    struct stat info;
    assert_int_equal(stat(self->key, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    char ours[4096];
    char theirs[4096];
    assert_int_equal(support_sh(ours, sizeof ours, "cat '%s'", self->pub), 0);
    assert_int_equal(support_sh(theirs, sizeof theirs, "openssl pkey -in '%s' -pubout", self->key),
                     0);
    assert_string_equal(ours, theirs);
}

static void test_a_key_of_openssl_is_taken(void **state)
{
    struct support *self = *state;
    assert_int_equal(
        support_sh(NULL, 0,
                   "umask 077; openssl genpkey -algorithm ed25519 -out '%s' && openssl pkey "
                   "-in '%s' -pubout > '%s/expected.pub'",
                   self->key, self->key, self->folder),
        0);
    struct vg_record_key key;
    uint8_t pub[32];
    char path[SUPPORT_PATH];
    vg_format(path, sizeof path, "%s/expected.pub", self->folder);
    assert_int_equal(vg_record_key_load(self->key, &key, NULL), VG_OK);
    assert_int_equal(vg_record_key_read_public(path, pub, NULL), VG_OK);
    assert_memory_equal(pub, key.public_key, 32);
}

static void test_bad_keys_are_refused(void **state)
{
    struct support *self = *state;
    static const char *const makers[] = {
        "umask 077; : > '%s'",
        "umask 077; echo hello > '%s'",
        "umask 077; openssl genpkey -algorithm x25519 -out '%s'",
        "umask 077; openssl genpkey -algorithm ed25519 | head -c 60 > '%s'",
        "umask 022; openssl genpkey -algorithm ed25519 > '%s'; chmod 644 '%s'",
    };
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        char command[2048] = "";
        size_t used = 0;
        const char *rest = makers[i];
        for (const char *at = NULL; (at = strstr(rest, "%s")) != NULL; rest = at + 2) {
            used += vg_format(command + used, sizeof command - used, "%.*s%s", (int)(at - rest),
                              rest, self->key);
        }
        vg_format(command + used, sizeof command - used, "%s", rest);
        assert_int_equal(support_sh(NULL, 0, "%s", command), 0);
        struct vg_record_key key;
        struct vg_error err = {0};
        assert_int_equal(vg_record_key_load(self->key, &key, &err), VG_E_FORMAT);
        assert_non_null(strstr(err.message, "station.key"));
    }
    uint8_t pub[32];
    assert_int_equal(vg_record_key_parse_public(rfc_private, strlen(rfc_private), pub, NULL),
                     VG_E_FORMAT);
    assert_int_equal(vg_record_key_parse_public("", 0, pub, NULL), VG_E_FORMAT);
    assert_int_equal(vg_record_key_read_public("/nonexistent", pub, NULL), VG_E_IO);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, support_setup, support_teardown)
    const struct CMUnitTest tests[] = {
        T(test_rfc_8410_examples),
        T(test_a_key_is_made_and_kept),
        T(test_a_key_of_openssl_is_taken),
        T(test_bad_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
