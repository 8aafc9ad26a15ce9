import Testing

@testable import Gateway

@Suite struct MediaFormTests {
  private static let form = Array(
    "--XX\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\r\n--X\r\r\n-\r\n--Xx\r\n\r\n--XX--\r\n"
      .utf8
  )

  private static func read(_ form: [UInt8], cut size: Int) throws -> String {
    var reader = try MediaForm(contentType: "multipart/form-data; boundary=\"XX\"", boundary: "B")
    var out: [UInt8] = []
    for start in stride(from: 0, to: form.count, by: size) {
      out += try reader.read(Array(form[start..<min(start + size, form.count)]))
    }
    try reader.end()
    return String(decoding: out, as: UTF8.self)
  }

  @Test(arguments: [1, 2, 3, 5, 7, 11, 64, 100_000])
  func `a form is the same however it is cut`(size: Int) throws {
    #expect(
      try Self.read(Self.form, cut: size)
        == "--B\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\r\n--X\r\r\n-\r\n--Xx\r\n\r\n--B--\r\n"
    )
  }

  @Test(arguments: 1..<20)
  func `a form that ends early is not whole`(missing: Int) throws {
    // Without its last line's end a form is whole all the same.
    guard missing > 2 else { return }
    #expect(throws: PassageRefusal.self) {
      try Self.read(Array(Self.form.dropLast(missing)), cut: 10)
    }
  }

  @Test(arguments: [
    "name=\"file\"; filename=\"a; name=access_token\"", "name=\"file\"; filename*=UTF-8''b.png",
    "name=file; filename=a.png",
  ])
  func `a file's name can name nothing else`(parameters: String) throws {
    let form =
      "--XX\r\nContent-Disposition: form-data; \(parameters)\r\n\r\nx\r\n--XX\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--XX--\r\n"
    let out = try Self.read(Array(form.utf8), cut: 1000)
    #expect(out.contains("form-data; name=\"file\"; filename=\""))
    #expect(!out.contains("access_token\r\n\r\nx"))
  }

  @Test func `what is held stays small, however long the file`() throws {
    var reader = try MediaForm(contentType: "multipart/form-data; boundary=XX", boundary: "B")
    var into = 0
    var out = 0
    out += try reader.read(
      Array("--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8)
    ).count
    let start = out
    let piece = [UInt8](repeating: 13, count: 10_000)
    for _ in 1...200 {
      into += piece.count
      out += try reader.read(piece).count
      // All but what may be the beginning of a boundary has left.
      #expect(into - (out - start) < 8)
    }
  }

  @Test func `a file over the limit ends the form`() throws {
    var reader = try MediaForm(contentType: "multipart/form-data; boundary=XX", boundary: "B")
    _ = try reader.read(
      Array("--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8)
    )
    let piece = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 1...100 { _ = try reader.read(piece) }
    #expect(throws: PassageRefusal.tooLarge(bytesMax: PassageLimits.fileBytesMax)) {
      for _ in 1...2 { _ = try reader.read(piece) }
    }
  }

  @Test func `lines of the list that differ by their object only ask for the same scope`() {
    for rule in PassageList.rules {
      for other in PassageList.rules
      where rule.method == other.method && rule.edge == other.edge
        && ![rule.object, other.object].contains(where: { $0 == .uploads || $0 == .upload })
      {
        #expect(rule.scope == other.scope, "\(rule.name) and \(other.name)")
      }
    }
  }
}
