import Canvas

/// Where everything of a scene goes: pure geometry.
///
/// One line of state, then the number at the left and the sentence beside it, then the picture, then one
/// line of where it comes from.
struct TalkLayout: Hashable {
  /// State, clock and badge.
  var top: Rect
  /// The number in big digits; empty where there is none.
  var number: Rect
  /// The sentence and below it what the number is of.
  var words: Rect
  /// The picture.
  var picture: Rect
  /// The source and the chapter.
  var bottom: Rect
  /// How large the digits are; 0 where even the smallest do not fit.
  var scale: Int

  /// A sentence has so many rows.
  static let captionRows = 2
  /// No number takes more than so much of the width.
  static let numberShare = 0.45
  /// The least that a picture is drawn in.
  static let leastPicture = (columns: 44, rows: 8)

  /// Where everything goes.
  /// - Parameters:
  ///   - digits: the number as it is drawn; empty where there is none.
  ///   - unit: the columns of its unit.
  ///   - caption: the sentence, for which the digits make room where they can.
  init(width: Int, height: Int, digits: String, unit: Int, caption: String = "") {
    top = Rect(x: 0, y: 0, width: width, height: min(1, height))
    bottom = Rect(x: 0, y: max(0, height - 1), width: width, height: height > 2 ? 1 : 0)
    let margin = width >= 60 ? 2 : 1
    let gap = width >= 60 ? 3 : 1
    let wanted = digits.isEmpty ? 0 : Self.columns(of: digits)
    let free = Int(Double(width) * Self.numberShare) - margin - (unit > 0 ? unit + 1 : 0)
    // The digits of a hall are between a fifth and a quarter of its screen.
    let rows = max(3, height * 2 / 9)
    let scales = stride(from: 8, through: 1, by: -1).filter {
      Canvas.hugeTextHeight(scale: $0) <= rows && wanted * $0 <= free
    }
    func leavesRoom(_ scale: Int) -> Bool {
      let left = margin + wanted * scale + (unit > 0 ? unit + 1 : 0) + gap
      return TalkCaption.fits(caption, width: width - left - margin, rows: Self.captionRows)
    }
    scale = wanted == 0 ? 0 : scales.first(where: leavesRoom) ?? scales.first ?? 0
    let y = height >= 24 ? 2 : 1
    let numberRows = wanted > 0 ? Canvas.hugeTextHeight(scale: max(1, scale)) : 0
    // The sentence, and a line for what the number is of.
    let blockRows = max(numberRows, Self.captionRows + (wanted > 0 ? 1 : 0))
    let numberWidth = wanted > 0 ? wanted * max(1, scale) + (unit > 0 ? unit + 1 : 0) : 0
    number = Rect(x: margin, y: y, width: numberWidth, height: numberRows)
    let left = wanted > 0 ? number.right + gap : margin
    words = Rect(x: left, y: y, width: max(0, width - left - margin), height: blockRows)
    let upper = y + blockRows + (height >= 22 ? 1 : 0)
    let lower = bottom.height > 0 ? bottom.y : height
    picture = Rect(x: 0, y: upper, width: width, height: max(0, lower - upper))
  }

  /// The columns of digits at scale 1, and no fewer than three and a point take: what stands beside them
  /// stays where it is while they count.
  static func columns(of digits: String) -> Int {
    max(Canvas.bigTextWidth(digits), Canvas.bigTextWidth("8.88"))
  }

  /// Whether the picture has room enough to be one.
  var hasPicture: Bool {
    picture.width >= Self.leastPicture.columns && picture.height >= Self.leastPicture.rows
  }
}

/// A sentence broken between words.
package enum TalkCaption {
  /// The rows of a text in a width; a word that is wider than it has a row of its own.
  package static func rows(_ text: String, width: Int) -> [String] {
    var rows: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = rows.last, displayWidth(last) + 1 + displayWidth(String(word)) <= width {
        rows[rows.count - 1] = last + " " + word
      } else {
        rows.append(String(word))
      }
    }
    return rows
  }

  /// Whether it can be read wholly in so many rows.
  package static func fits(_ text: String, width: Int, rows limit: Int) -> Bool {
    let rows = rows(text, width: width)
    return rows.count <= limit && rows.allSatisfy { displayWidth($0) <= width }
  }
}
