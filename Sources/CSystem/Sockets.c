#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* Layout: sock_diag(7) and linux/inet_diag.h; `tcpi_bytes_received`, `tcpi_last_data_sent` and
   `tcpi_last_data_recv` of struct tcp_info. */

/* The states of include/net/tcp_states.h in which bytes were received: ESTABLISHED 1, FIN_WAIT1 4,
   FIN_WAIT2 5, CLOSE_WAIT 8. */
enum { connected = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 };

struct list {
  struct cs_tcp_socket *sockets;
  int count, capacity;
};

static void take(struct list *list, const struct nlmsghdr *header) {
  const struct inet_diag_msg *message = NLMSG_DATA(header);
  if (header->nlmsg_len < NLMSG_LENGTH(sizeof *message)) return;
  long left = (long)header->nlmsg_len - (long)NLMSG_LENGTH(sizeof *message);
  const struct rtattr *attribute = (const struct rtattr *)(message + 1);
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != INET_DIAG_INFO) continue;
    struct tcp_info info;
    size_t size = RTA_PAYLOAD(attribute);
    /* A kernel before 4.2 does not count these bytes. */
    if (size < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received) return;
    memset(&info, 0, sizeof info);
    memcpy(&info, RTA_DATA(attribute), size < sizeof info ? size : sizeof info);
    if (list->count == list->capacity) return;
    struct cs_tcp_socket *socket = &list->sockets[list->count++];
    socket->inode = message->idiag_inode;
    socket->received = info.tcpi_bytes_received;
    socket->since_sent = info.tcpi_last_data_sent;
    socket->since_received = info.tcpi_last_data_recv;
  }
}

static int dump(int socket, struct list *list, unsigned char family) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } ask;
  memset(&ask, 0, sizeof ask);
  ask.header.nlmsg_len = sizeof ask;
  ask.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  ask.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  ask.request.sdiag_family = family;
  ask.request.sdiag_protocol = IPPROTO_TCP;
  ask.request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  ask.request.idiag_states = connected;
  if (send(socket, &ask, sizeof ask, 0) < 0) return -1;
  _Alignas(struct nlmsghdr) char buffer[32768];
  for (;;) {
    ssize_t count = recv(socket, buffer, sizeof buffer, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return -1;
    struct nlmsghdr *header = (struct nlmsghdr *)buffer;
    for (unsigned left = (unsigned)count; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return 0;
      if (header->nlmsg_type == NLMSG_ERROR) return -1;
      if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) take(list, header);
    }
  }
}

int cs_tcp_sockets(struct cs_tcp_socket *sockets, int capacity) {
  int number = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (number < 0) return -1;
  struct timeval patience = {.tv_sec = 1};
  setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  struct list list = {sockets, 0, capacity};
  int four = dump(number, &list, AF_INET);
  int six = dump(number, &list, AF_INET6);
  close(number);
  return four < 0 && six < 0 ? -1 : list.count;
}
