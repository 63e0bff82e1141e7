import Telemetry
import Testing

@testable import Sensors

/// Where threads sleep, and what that makes of a trainer and its workers.
@Suite struct LoaderTimesTests {
  @Test(arguments: [
    ("poll_schedule_timeout.constprop.0", SleepPlace.queue), ("unix_stream_read_generic", .queue),
    ("anon_pipe_read", .pipe), ("futex_do_wait", .futex), ("__futex_wait", .futex),
    ("wait_woken", .socket), ("__iomap_dio_rw", .disk), ("folio_wait_bit_common", .disk),
    ("rpc_wait_bit_killable", .fileServer), ("request_wait_answer", .fileServer),
    ("hrtimer_nanosleep", .timer), ("nv_something", .other), ("0", .other), ("", .other),
  ]) func `A place is known by the beginning of its name`(name: String, place: SleepPlace) {
    #expect(SleepPlace(name) == place)
  }

  @Test(arguments: [
    (ThreadState.asleep(.queue), true, false, true), (.asleep(.queue), false, false, false),
    (.asleep(.pipe), true, false, true), (.asleep(.pipe), false, false, false),
    (.asleep(.futex), true, true, true), (.asleep(.futex), true, false, false),
    (.asleep(.timer), true, true, false), (.running, true, true, false),
    (.asleep(.other), true, true, false),
  ]) func `A trainer waits where its queue is`(
    state: ThreadState, hasWorkers: Bool, hasHandover: Bool, waits: Bool
  ) {
    #expect(
      LoaderTimes.isOnQueue(state, hasWorkers: hasWorkers, hasHandover: hasHandover) == waits)
  }

  @Test func `One busy worker among idle ones holds the line`() {
    var times = LoaderTimes()
    times.note(workers: [.running, .idle, .idle, .idle], seconds: 1)
    #expect(times.starvedHead == 1 && times.starvedRunning == 1 && times.starvedWorkers == 4)
    times.note(workers: [.running, .idle], seconds: 1)
    times.note(workers: [.running, .disk, .idle, .idle], seconds: 1)
    times.note(workers: [.idle, .idle, .idle], seconds: 1)
    #expect(times.starvedHead == 1 && times.starvedLooks == 4)
  }

  @Test func `A worker that is stopped is no slow sample`() {
    var times = LoaderTimes()
    times.note(workers: [.other, .idle, .idle, .idle], seconds: 1)
    #expect(times.starvedHead == 0 && times.starvedIdle == 0)
  }

  @Test func `Workers of which none has anything to do are told apart`() {
    var times = LoaderTimes()
    times.note(workers: [.idle, .idle], seconds: 1)
    times.note(workers: [.idle, .running], seconds: 1)
    #expect(times.starvedIdle == 1 && times.starvedLooks == 2)
  }

  @Test func `Poll with a socket that receives is a wait for a server`() {
    #expect(LoaderTimes.WorkerDoing(.asleep(.queue), isOnSocket: true) == .network)
    #expect(LoaderTimes.WorkerDoing(.asleep(.queue), isOnSocket: false) == .idle)
    #expect(LoaderTimes.WorkerDoing(.blocked(.fileServer), isOnSocket: false) == .network)
    #expect(LoaderTimes.WorkerDoing(.blocked(.other), isOnSocket: false) == .disk)
  }

  /// A worker may leave the fetching to a thread, or to a program whose output it reads.
  @Test(arguments: [SleepPlace.futex, .pipe])
  func `Who waits for another to fetch waits for the server`(
    place: SleepPlace
  ) {
    #expect(LoaderTimes.WorkerDoing(.asleep(place), isOnSocket: true) == .network)
    // PyTorch's own workers have no order to wait for there; those of a pool have.
    #expect(
      LoaderTimes.WorkerDoing(.asleep(place), isOnSocket: false, isIdleOnOthers: false) == .other)
    #expect(
      LoaderTimes.WorkerDoing(.asleep(place), isOnSocket: false, isIdleOnOthers: true) == .idle)
  }

  @Test(
    arguments: [
      // An answer that is waited for; one that came; a connection that is only kept open.
      (40, 900, true), (0, 0, true), (900, 40, false), (120_000, 120_000, false),
      (120_000, 200_000, false), (5000, 60_000, true),
    ] as [(UInt32, UInt32, Bool)]) func `A request is unanswered until something comes`(
      sent: UInt32, received: UInt32, isAwaited: Bool
    )
  {
    #expect(SocketTraffic.isAwaited(sinceSent: sent, sinceReceived: received) == isAwaited)
  }
}
