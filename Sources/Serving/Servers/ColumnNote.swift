/// What the columns of several servers say of themselves.
enum ColumnNote {
  static let atStep = "counted at every step of the engine"
  static let atEnd = "counted when a request ends"
  static let withCached = "; less those found in a cache, where the server counts them"
  static let unserved = "aborted, failed or cut off, " + atEnd
  static let ofMoment = "at the moment of asking"
}
