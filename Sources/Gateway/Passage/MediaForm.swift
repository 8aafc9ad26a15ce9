import Foundation

/// A form with a file for customers (`multipart/form-data`), read as it comes and written anew.
///
/// Nothing of the form's own framing leaves: fields are those of the list, the boundary and every header are ours. At most one
/// piece of the file, and its neighbours' edges, is held.
struct MediaForm: Sendable {
  /// Fields and the file.
  private static let names: Set<String> = ["messaging_product", "type", "ttl_minutes", "file"]
  /// The headers of a part, in bytes: a name, a file name of 255 bytes and a type have about 500.
  private static let headBytesMax = 4096
  /// The value of a field, in bytes: the longest is a type.
  private static let fieldBytesMax = 256
  /// What a file is called if its part does not say.
  private static let unnamed = "file"

  private enum State {
    /// Before the first boundary.
    case beginning
    /// A boundary was read.
    case boundary
    /// In the headers of a part.
    case head
    /// In a field, of this name.
    case field(String)
    /// In the file.
    case file
    /// After the last boundary: what comes is passed over.
    case end
  }

  private let delimiter: [UInt8]
  private let boundary: String
  private var state = State.beginning
  private var held: [UInt8] = []
  private var seen: Set<String> = []
  private var fileBytes = 0

  /// Whether the file has begun: what comes before has been judged.
  private(set) var hasFile = false

  /// Begins to read a form.
  ///
  /// - Parameters:
  ///   - contentType: The Content-Type of the form.
  ///   - boundary: Between the parts that leave; nobody can guess it.
  /// - Throws: `wrongBody` for a Content-Type that is no form's.
  init(contentType: String?, boundary: String) throws(PassageRefusal) {
    guard let mark = Self.boundary(in: contentType ?? "") else {
      throw .wrongBody("Send multipart/form-data with a boundary.")
    }
    // The first boundary has no line before it.
    delimiter = Array("\r\n--\(mark)".utf8)
    held = [13, 10]
    self.boundary = boundary
  }

  /// The Content-Type of what leaves.
  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  /// Reads a piece and gives what leaves for it, which may be nothing.
  mutating func read(_ piece: [UInt8]) throws(PassageRefusal) -> [UInt8] {
    if case .end = state { return [] }
    held += piece
    var out: [UInt8] = []
    while try step(&out) {}
    return out
  }

  /// Ends; throws unless the form was whole.
  func end() throws(PassageRefusal) {
    guard case .end = state else { throw .brokenOff }
    guard hasFile else { throw .wrongBody("There is no part `file`.") }
    guard seen.contains("messaging_product") else {
      throw .wrongBody("There is no part `messaging_product`.")
    }
  }

  /// One step; false when more must come first.
  private mutating func step(_ out: inout [UInt8]) throws(PassageRefusal) -> Bool {
    switch state {
    case .beginning:
      guard held.count >= delimiter.count else { return false }
      guard held.starts(with: delimiter) else {
        throw .wrongBody("This is no form with that boundary.")
      }
      held.removeFirst(delimiter.count)
      state = .boundary
    case .boundary:
      guard held.count >= 2 else { return false }
      let isLast = held.starts(with: "--".utf8)
      guard isLast || held.starts(with: [13, 10]) else {
        throw .wrongBody("A boundary of the form does not end its line.")
      }
      if isLast {
        out += "--\(boundary)--\r\n".utf8
        held = []
        state = .end
        return false
      }
      held.removeFirst(2)
      state = .head
    case .head: return try readHead(&out)
    case .field(let name): return try readField(name, &out)
    case .file: return try readFile(&out)
    case .end: return false
    }
    return true
  }

  private mutating func readHead(_ out: inout [UInt8]) throws(PassageRefusal) -> Bool {
    guard let end = held.firstIndex(of: [13, 10, 13, 10]) else {
      guard held.count <= Self.headBytesMax else { throw .wrongBody("A part's head is too long.") }
      return false
    }
    guard let head = PartHead(held[..<end]) else {
      throw .wrongBody("A part of the form has a head that cannot be read.")
    }
    held.removeFirst(end + 4)
    guard Self.names.contains(head.name) else {
      let known = Self.names.sorted().joined(separator: ", ")
      throw .wrongBody("`\(head.name.prefix(40))` is not passed on with a file. Known: \(known).")
    }
    guard seen.insert(head.name).inserted else {
      throw .wrongBody("`\(head.name)` stands in the form twice.")
    }
    out += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(head.name)\"".utf8
    guard head.name == "file" else {
      out += "\r\n\r\n".utf8
      state = .field(head.name)
      return true
    }
    out += "; filename=\"\(head.fileName ?? Self.unnamed)\"\r\n".utf8
    if let type = head.type { out += "Content-Type: \(type)\r\n".utf8 }
    out += "\r\n".utf8
    hasFile = true
    state = .file
    return true
  }

  private mutating func readField(
    _ name: String,
    _ out: inout [UInt8]
  ) throws(PassageRefusal) -> Bool {
    guard let end = held.firstIndex(of: delimiter) else {
      guard held.count <= Self.fieldBytesMax + delimiter.count else {
        throw .wrongBody("`\(name)` is too long.")
      }
      return false
    }
    let value = held[..<end]
    guard end <= Self.fieldBytesMax, value.allSatisfy({ (0x20...0x7E).contains($0) }),
      name != "messaging_product" || value.elementsEqual("whatsapp".utf8)
    else { throw .wrongBody("`\(name)` has a value that is not possible.") }
    out += value + [13, 10]
    held.removeFirst(end + delimiter.count)
    state = .boundary
    return true
  }

  private mutating func readFile(_ out: inout [UInt8]) throws(PassageRefusal) -> Bool {
    let end = held.firstIndex(of: delimiter)
    // Without a boundary in it, all leaves but what may be the beginning of one.
    let count = end ?? max(0, held.count - delimiter.count + 1)
    fileBytes += count
    guard fileBytes <= PassageLimits.fileBytesMax else {
      throw .tooLarge(bytesMax: PassageLimits.fileBytesMax)
    }
    out += held[..<count]
    held.removeFirst(count)
    guard end != nil else { return false }
    out += [13, 10]
    held.removeFirst(delimiter.count)
    state = .boundary
    return true
  }

  /// The boundary that a Content-Type names (RFC 2046, 5.1.1).
  private static func boundary(in type: String) -> String? {
    let parts = type.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.first?.lowercased() == "multipart/form-data" else { return nil }
    let named = parts.dropFirst().filter { $0.lowercased().hasPrefix("boundary=") }
    guard named.count == 1 else { return nil }
    var mark = named[0].dropFirst("boundary=".count)
    if mark.first == "\"", mark.last == "\"", mark.count > 2 { mark = mark.dropFirst().dropLast() }
    guard (1...70).contains(mark.utf8.count),
      mark.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"\\".utf8.contains($0) })
    else { return nil }
    return String(mark)
  }
}

/// The head of a part.
private struct PartHead {
  var name = ""
  var fileName: String?
  var type: String?

  /// Reads a head; `nil` for one that cannot be read, or has no name.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    for line in text.components(separatedBy: "\r\n") {
      let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2 else { return nil }
      let value = halves[1].trimmingCharacters(in: .whitespaces)
      switch halves[0].lowercased() {
      case "content-disposition":
        guard value.lowercased().hasPrefix("form-data;"), let name = Self.quoted("name", in: value)
        else { return nil }
        self.name = name
        fileName = Self.quoted("filename", in: value).map(Self.harmless)
      case "content-type":
        guard (3...256).contains(value.utf8.count),
          value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        type = value
      case "content-transfer-encoding":
        guard ["binary", "8bit", "7bit"].contains(value.lowercased()) else { return nil }
      default: break
      }
    }
    guard !name.isEmpty else { return nil }
  }

  /// The value of a parameter: between quotes, or up to the next semicolon.
  private static func quoted(_ name: String, in value: String) -> String? {
    for part in value.split(separator: ";").dropFirst() {
      let part = part.trimmingCharacters(in: .whitespaces)
      guard part.lowercased().hasPrefix("\(name)=") else { continue }
      let text = part.dropFirst(name.count + 1)
      return text.first == "\"" && text.last == "\"" && text.count >= 2
        ? String(text.dropFirst().dropLast()) : String(text)
    }
    return nil
  }

  /// A file name that ends no quotes and no line.
  private static func harmless(_ name: String) -> String {
    let kept = name.unicodeScalars.filter { scalar in
      !"\"\\/".unicodeScalars.contains(scalar) && scalar.properties.generalCategory != .control
    }
    return String(String(String.UnicodeScalarView(kept)).prefix(200))
  }
}

extension [UInt8] {
  /// Where a pattern begins first; looks for its first byte with the system's own search, because files have millions.
  fileprivate func firstIndex(of pattern: [UInt8]) -> Int? {
    withUnsafeBytes { bytes in
      pattern.withUnsafeBytes { pattern in
        guard let base = bytes.baseAddress, let wanted = pattern.baseAddress,
          bytes.count >= pattern.count
        else { return nil }
        var from = 0
        while from <= bytes.count - pattern.count,
          let hit = memchr(base + from, Int32(pattern[0]), bytes.count - pattern.count + 1 - from)
        {
          let index = UnsafeRawPointer(hit) - base
          if memcmp(base + index, wanted, pattern.count) == 0 { return index }
          from = index + 1
        }
        return nil
      }
    }
  }
}
