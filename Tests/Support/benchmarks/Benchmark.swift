import Glibc

/// Something whose speed is worth knowing.
struct Benchmark: Sendable {
  let name: String
  /// Makes what is to be read.
  let input: @Sendable () -> [UInt8]
  /// Reads it once; returns what is to be said of the result.
  let read: @Sendable ([UInt8]) -> String

  /// Does the work again and again for a second, after once to warm up.
  func measure() -> (bytes: Int, seconds: Double, remark: String) {
    let input = input()
    var remark = read(input)
    let start = Self.processorTime()
    var bytes = 0
    var seconds = 0.0
    repeat {
      remark = read(input)
      bytes += input.count
      seconds = Self.processorTime() - start
    } while seconds < 1
    return (bytes, seconds, remark)
  }

  /// The same as MB/s.
  func rate() -> (rate: Double, remark: String) {
    let result = measure()
    return (Double(result.bytes) / result.seconds / 1e6, result.remark)
  }

  /// The processor time of this thread in seconds: other programs do not count.
  static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
