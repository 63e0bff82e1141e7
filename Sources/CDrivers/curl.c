#include "CDriversCurl.h"

#include <sys/socket.h>

int cd_curl_open_socket(void *context, int purpose, struct cd_curl_address *address) {
  (void)context, (void)purpose;
  return socket(address->family, address->type | SOCK_CLOEXEC, address->protocol);
}
