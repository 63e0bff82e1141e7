/// What went wrong with a recording: what, where, and what to do, in one line.
public enum RecordingError: Error, Hashable, Sendable {
  /// A file of that name is there already and may not be replaced.
  case exists(path: String)
  /// What belongs to a recording of that name is there without it, and may be all that is left of it.
  case stray(path: String, companion: String)
  /// There is no such file.
  case notFound(path: String)
  /// The file is something else.
  case foreign(path: String, what: String)
  /// The file was written by a later version of the program.
  case newer(path: String, schema: Int64)
  /// The file was a recording once and cannot be read now.
  case damaged(path: String, what: String)
  /// The disk has no room for more; what was committed before is kept.
  case full(path: String)
  /// Another program holds the file.
  case busy(path: String)
  /// The system refused something.
  case failed(path: String, action: String, reason: String)
  /// An observation that no recording can hold; nothing of it was written.
  case refused(String)
}

extension RecordingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exists(let path):
      "\(path.printable) exists already: name another file, or remove it"
    case .stray(let path, let companion):
      "\(companion.printable) is there without \(path.printable) and may be all of another recording:"
        + " name another file, or move it away"
    case .notFound(let path): "\(path.printable) does not exist"
    case .foreign(let path, let what):
      "\(path.printable) is not a hippowatt recording: \(what.printable)"
    case .newer(let path, let schema):
      "\(path.printable) was written by a newer hippowatt (schema \(schema), this one reads up to"
        + " \(Schema.version)): update hippowatt to open it"
    case .damaged(let path, let what):
      "\(path.printable) is damaged: \(what.printable); what is left of it may be saved with:"
        + " sqlite3 '\(path.printable)' .recover | sqlite3 saved.hippo"
    case .full(let path):
      "no room left on the disk for \(path.printable): what was recorded before is kept, make room"
        + " to go on"
    case .busy(let path): "\(path.printable) is held by another program: try again later"
    case .failed(let path, let action, let reason):
      "cannot \(action.printable) \(path.printable): \(reason.printable)"
    case .refused(let what): "not recorded: \(what.printable)"
    }
  }
}

extension String {
  /// The same text without anything that could steer a terminal or break a line.
  var printable: String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: result.append("?")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
