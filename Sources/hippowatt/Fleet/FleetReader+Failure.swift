import Fleet
import HTTP

extension FleetReader {
  /// Asks for something, and says in words why it cannot be had.
  /// - Throws: `Failure` where the store gives no answer that can be used.
  mutating func asking<Result>(
    _ body: (inout FleetReader) throws(StoreFault) -> Result
  ) throws -> Result {
    do throws(StoreFault) {
      return try body(&self)
    } catch {
      throw Failure("\(error.words(store.url)); \(error.remedy(store.url))")
    }
  }
}
