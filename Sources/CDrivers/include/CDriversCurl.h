/* The part of libcurl's interface that is used, as curl/curl.h (8.x) has it; opened at run time.

   Swift cannot call functions with open argument lists, hence the callers with fixed ones. */
#pragma once

#include <stddef.h>

typedef int (*cd_curl_global_init_t)(long flags);
typedef void *(*cd_curl_init_t)(void);
typedef void (*cd_curl_call_t)(void *easy);
typedef int (*cd_curl_perform_t)(void *easy);
typedef const char *(*cd_curl_words_t)(int code);
typedef int (*cd_curl_setopt_t)(void *easy, int option, ...);
typedef int (*cd_curl_getinfo_t)(void *easy, int info, ...);
typedef void *(*cd_curl_append_t)(void *list, const char *text);
typedef size_t (*cd_curl_write_t)(char *bytes, size_t size, size_t count, void *context);

enum {
  CD_CURL_GLOBAL_ALL = 3,
  CD_CURL_ERROR_SIZE = 256,

  CD_CURL_WRITEDATA = 10001,
  CD_CURL_URL = 10002,
  CD_CURL_PROXY = 10004,
  CD_CURL_ERRORBUFFER = 10010,
  CD_CURL_USERAGENT = 10018,
  CD_CURL_HTTPHEADER = 10023,
  CD_CURL_HEADERDATA = 10029,
  CD_CURL_CAINFO = 10065,
  CD_CURL_COPYPOSTFIELDS = 10165,
  CD_CURL_USERNAME = 10173,
  CD_CURL_PASSWORD = 10174,
  CD_CURL_XOAUTH2_BEARER = 10220,
  CD_CURL_PROTOCOLS_STR = 10318,
  CD_CURL_WRITEFUNCTION = 20011,
  CD_CURL_HEADERFUNCTION = 20079,
  CD_CURL_OPENSOCKETFUNCTION = 20163,
  CD_CURL_HEADER = 42,
  CD_CURL_POST = 47,
  CD_CURL_POSTFIELDSIZE = 60,
  CD_CURL_SSL_VERIFYPEER = 64,
  CD_CURL_FORBID_REUSE = 75,
  CD_CURL_HTTPGET = 80,
  CD_CURL_SSL_VERIFYHOST = 81,
  CD_CURL_HTTP_VERSION = 84,
  CD_CURL_NOSIGNAL = 99,
  CD_CURL_HTTPAUTH = 107,
  CD_CURL_TIMEOUT_MS = 155,
  CD_CURL_CONNECTTIMEOUT_MS = 156,
  CD_CURL_PROTOCOLS = 181,
  CD_CURL_HEADEROPT = 229,
  CD_CURL_PATH_AS_IS = 234,
  CD_CURL_SUPPRESS_CONNECT_HEADERS = 265,
  CD_CURL_HTTP09_ALLOWED = 285,

  CD_CURL_INFO_PRIMARY_IP = 0x100000 + 32,
  CD_CURL_INFO_LOCAL_IP = 0x100000 + 41,
  CD_CURL_INFO_RESPONSE_CODE = 0x200000 + 2,
  CD_CURL_INFO_HTTP_CONNECTCODE = 0x200000 + 22,
  CD_CURL_INFO_OS_ERRNO = 0x200000 + 25,
  CD_CURL_INFO_PRIMARY_PORT = 0x200000 + 40,
  CD_CURL_INFO_TOTAL_TIME = 0x300000 + 3,
  CD_CURL_INFO_CONNECT_TIME = 0x300000 + 5,

  CD_CURL_HTTP_VERSION_1_1 = 2,
  CD_CURL_AUTH_BASIC = 1,
  CD_CURL_AUTH_DIGEST = 2,
  CD_CURL_AUTH_BEARER = 64,
  CD_CURL_PROTOCOL_HTTP = 1,
  CD_CURL_PROTOCOL_HTTPS = 2,
  CD_CURL_HEADER_SEPARATE = 1
};

static inline int cd_curl_set_number(cd_curl_setopt_t set, void *easy, int option, long value) {
  return set(easy, option, value);
}

static inline int cd_curl_set_text(cd_curl_setopt_t set, void *easy, int option, const char *text) {
  return set(easy, option, text);
}

static inline int cd_curl_set_writer(
    cd_curl_setopt_t set, void *easy, cd_curl_write_t write, void *context) {
  int code = set(easy, CD_CURL_WRITEFUNCTION, write);
  return code ? code : set(easy, CD_CURL_WRITEDATA, context);
}

static inline int cd_curl_set_header_writer(
    cd_curl_setopt_t set, void *easy, cd_curl_write_t write, void *context) {
  int code = set(easy, CD_CURL_HEADERFUNCTION, write);
  return code ? code : set(easy, CD_CURL_HEADERDATA, context);
}

/* `struct curl_sockaddr`, up to what a socket is made of. */
struct cd_curl_address {
  int family, type, protocol;
};

int cd_curl_open_socket(void *context, int purpose, struct cd_curl_address *address);

/* Has sockets opened so that no program inherits them that another thread starts meanwhile: such a
   program, a training of days, would keep the connection from ever ending. The library itself does not
   ask for that, as of 7.88. */
static inline int cd_curl_keep_sockets(cd_curl_setopt_t set, void *easy) {
  return set(easy, CD_CURL_OPENSOCKETFUNCTION, cd_curl_open_socket);
}

static inline int cd_curl_set_pointer(cd_curl_setopt_t set, void *easy, int option, void *pointer) {
  return set(easy, option, pointer);
}

static inline long cd_curl_number(cd_curl_getinfo_t get, void *easy, int info) {
  long value = 0;
  return get(easy, info, &value) ? 0 : value;
}

static inline double cd_curl_real(cd_curl_getinfo_t get, void *easy, int info) {
  double value = 0;
  return get(easy, info, &value) ? 0 : value;
}

static inline const char *cd_curl_text(cd_curl_getinfo_t get, void *easy, int info) {
  const char *value = NULL;
  return get(easy, info, &value) ? NULL : value;
}
