/// The glyph that stands where a control, a reordering mark or an invisible scalar was.
let standIn: Unicode.Scalar = "·"

/// The columns a string takes once it is made safe to draw.
public func displayWidth(_ s: String) -> Int {
  var width = 0
  forEachGlyph(of: s) { _, columns in
    width += columns
    return true
  }
  return width
}

/// The string cut to a width, with "…" for what was cut; safe to draw.
public func clipped(_ s: String, to width: Int) -> String {
  guard width > 0 else { return "" }
  var used = 0
  forEachGlyph(of: s) { _, columns in
    used += columns
    return used <= width
  }
  guard used > width else { return sanitized(s) }
  var kept = String.UnicodeScalarView()
  used = 0
  forEachGlyph(of: s) { scalar, columns in
    used += columns
    guard used <= width - 1 else { return false }
    kept.append(scalar)
    return true
  }
  return String(kept) + "…"
}

/// The string with every scalar that could act on a terminal replaced by a visible stand-in.
public func sanitized(_ s: String) -> String {
  if s.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return s }
  var safe = String.UnicodeScalarView()
  forEachGlyph(of: s) { scalar, _ in
    safe.append(scalar)
    return true
  }
  return String(safe)
}

/// Hands out the glyphs a string is drawn with and their columns, until `body` returns false.
func forEachGlyph(of s: String, _ body: (Unicode.Scalar, Int) -> Bool) {
  guard s.utf8.contains(where: { 0xCC...0xCD ~= $0 }) else {
    // A mark that makes one letter with the one before it is in UTF-8 one of U+0300 to U+037F, whose
    // first bytes these are: without it, characters need not be told apart.
    for scalar in s.unicodeScalars where !hand(scalar, to: body) { return }
    return
  }
  for character in s {
    let scalars = character.unicodeScalars
    if scalars.count > 1, let composed = precomposed[character] {
      guard body(composed, 1) else { return }
      continue
    }
    for scalar in scalars where !hand(scalar, to: body) { return }
  }
}

@inline(__always)
private func hand(_ scalar: Unicode.Scalar, to body: (Unicode.Scalar, Int) -> Bool) -> Bool {
  let safe = safeGlyph(scalar)
  return body(safe, isWide(safe.value) ? 2 : 1)
}

/// The scalar itself when it is harmless, a space for odd spaces, else the stand-in.
func safeGlyph(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  switch scalar.value {
  case 0x20...0x7E: return scalar
  case 0x09, 0xA0, 0x2000...0x200A, 0x202F, 0x205F: return " "
  case 0x2500...0x259F, 0x2801...0x28FF: return scalar
  default: return isHidden(scalar) ? standIn : scalar
  }
}

/// Letters that exist with their accent as one scalar, looked up by canonical equivalence.
private let precomposed: [Character: Unicode.Scalar] = {
  var table: [Character: Unicode.Scalar] = [:]
  for value in Array<UInt32>(0xC0...0x24F) + Array(0x386...0x3CE) + Array(0x1E00...0x1EFF) {
    if let scalar = Unicode.Scalar(value), !isHidden(scalar) { table[Character(scalar)] = scalar }
  }
  return table
}()
