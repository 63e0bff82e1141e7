import Telemetry

/// The rows of a track, in its order.
final class PowerLogTrackRows: PowerLogRows {
  /// Where it is.
  private struct Place {
    var at = 0
    var end = 0
    var block: Int
    var lineStep = 0
    var lastShape = -1
    var columns = 0
    var words: UnsafeMutablePointer<UInt64>
    var room = 0
  }

  private let track: PowerLogTrack
  private let lastBlock: Int
  private let place: UnsafeMutablePointer<Place>

  /// The rows of a finished track, or those of some of its blocks.
  init(_ track: PowerLogTrack, blocks: Range<Int>? = nil) {
    self.track = track
    let blocks = blocks ?? track.blocks.indices
    lastBlock = blocks.upperBound
    place = .allocate(capacity: 1)
    place.initialize(to: Place(block: blocks.lowerBound, words: .allocate(capacity: 1)))
    super.init(track.store)
  }

  deinit {
    place.pointee.words.deallocate()
    place.deallocate()
  }

  override func next() -> Bool {
    if place.pointee.at >= place.pointee.end {
      guard place.pointee.block < lastBlock, load(track.blocks[place.pointee.block]) else {
        return false
      }
      place.pointee.block += 1
    }
    let words = place.pointee.words
    var at = place.pointee.at
    let head = words[at]
    at += 1
    let ordinal = Int(head & 0xFF_FFFF_FFFF)
    row.pointee.ordinal = ordinal
    let shape = Int(head >> 40 & 0xF_FFFF)
    if head >> 63 != 0 {
      row.pointee.line = Int(Int64(bitPattern: words[at]))
      place.pointee.lineStep = row.pointee.line &- ordinal
      at += 1
    } else {
      row.pointee.line = ordinal &+ place.pointee.lineStep
    }
    row.pointee.packed.kind = UInt8(head >> 60 & 7)
    row.pointee.packed.word = Int64(bitPattern: words[at])
    row.pointee.time.nanoseconds = row.pointee.packed.word
    at += 1
    if row.pointee.packed.hasDay {
      row.pointee.packed.day = words[at]
      at += 1
    }
    if shape != place.pointee.lastShape {
      guard shape < store.shapes.count else { return false }
      place.pointee.lastShape = shape
      self.shape = shape
      place.pointee.columns = store.shapes[shape].metrics.count
      reserve(place.pointee.columns)
    }
    let values = row.pointee.values
    var start = 0
    while start < place.pointee.columns {
      var mask = words[at]
      at += 1
      while mask != 0 {
        values[start + mask.trailingZeroBitCount] = words[at]
        at += 1
        mask &= mask &- 1
      }
      start += 64
    }
    place.pointee.at = at
    return true
  }

  private func load(_ block: PowerLogTrack.Block) -> Bool {
    if place.pointee.room < block.words {
      place.pointee.words.deallocate()
      place.pointee.words = .allocate(capacity: block.words)
      place.pointee.room = block.words
    }
    let isRead = store.read(
      block.place,
      into: UnsafeMutableRawBufferPointer(start: place.pointee.words, count: block.words * 8))
    place.pointee.at = 0
    place.pointee.end = isRead ? block.words : 0
    place.pointee.lastShape = -1
    return isRead
  }
}
