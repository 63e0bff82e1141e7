/// Where in the kernel a thread sleeps, by the function that `/proc/PID/wchan` names.
///
/// Names are matched by their beginnings, since compilers append `.constprop.0` and the like, and
/// kernels rename within families.
enum SleepPlace: Sendable, Hashable {
  /// In poll or on a socket between processes: there a queue of another process is waited for, but a
  /// network socket with a timeout is as well.
  case queue
  /// In the reading of a pipe: a queue of another process, or the output of one that was started.
  case pipe
  /// On a lock or a condition, where a thread of the same process is waited for.
  case futex
  /// In the receipt of a network socket.
  case socket
  /// For a file server: NFS, Lustre, FUSE, Ceph, SMB, 9P.
  case fileServer
  /// For a page or a request of a block device.
  case disk
  /// For time to pass.
  case timer
  /// Anywhere else, or nobody may see where.
  case other

  /// Whether the kernel lets itself be disturbed there: who sleeps in such a place is in state S.
  var isInterruptible: Bool {
    switch self {
    case .queue, .pipe, .futex, .socket, .timer: true
    case .fileServer, .disk, .other: false
    }
  }

  private static let families: [(SleepPlace, [String])] = [
    (
      .queue,
      [
        "poll_schedule_timeout", "do_poll", "do_sys_poll", "do_select", "ep_poll", "do_epoll_wait",
        "unix_stream_read_generic", "unix_stream_data_wait", "skb_wait_for_more_packets",
        "unix_dgram_recvmsg",
      ]
    ),
    (.pipe, ["anon_pipe_read", "pipe_read", "pipe_wait"]),
    (.futex, ["futex_", "do_futex"]),
    (.socket, ["wait_woken", "sk_wait_data", "tcp_recvmsg", "sk_stream_wait", "inet_wait"]),
    (
      .fileServer,
      [
        "rpc_wait", "nfs_", "nfs4_", "request_wait_answer", "fuse_", "ll_", "cl_sync_io",
        "cl_lock", "osc_", "ldlm_", "ptlrpc_", "ceph_", "cifs_", "smb2_", "p9_", "netfs_", "afs_",
        "gpfs", "cxi", "beegfs", "FhgfsOps",
      ]
    ),
    (
      .disk,
      [
        "iomap_dio", "folio_wait", "io_schedule", "wait_on_page", "wait_on_buffer", "blk_",
        "submit_bio_wait", "xfs_", "ext4_", "btrfs_", "jbd2_", "filemap_",
      ]
    ),
    (.timer, ["hrtimer_nanosleep", "do_nanosleep", "common_nsleep", "clock_nanosleep"]),
  ]

  /// The place that a name stands for; leading underscores are the kernel's decoration.
  init(_ name: String) {
    let bare = name.drop { $0 == "_" }
    self =
      Self.families.first { $0.1.contains { bare.hasPrefix($0) } }.map(\.0) ?? .other
  }
}
