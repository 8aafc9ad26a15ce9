import GRDBSQLite
import Storage

extension SQLValue {
  /// How many bytes of text or bytes it holds.
  var bytes: Int {
    switch self {
    case .null, .int64: 0
    case .string(let text): text.utf8.count
    case .blob(let bytes): bytes.count
    }
  }

  /// Gives a parameter its value.
  ///
  /// - Parameters:
  ///   - statement: SQLite's handle of the statement.
  ///   - index: Which parameter, counted from 1.
  ///   - room: Where the value is put, from its front, if there is room for it; it must stay there until the
  ///     statement is bound again. What does not fit, SQLite copies.
  /// - Returns: SQLite's code.
  func bind(
    to statement: OpaquePointer,
    at index: CInt,
    in room: inout Slice<UnsafeMutableRawBufferPointer>
  ) -> CInt {
    switch self {
    case .null: return sqlite3_bind_null(statement, index)
    case .int64(let value): return sqlite3_bind_int64(statement, index, value)
    case .string(var value):
      return value.withUTF8 { text in
        // An empty string has no address, and SQLite reads a missing address as null.
        guard !text.isEmpty else { return sqlite3_bind_text(statement, index, "", 0, nil) }
        let (start, owner) = Self.place(UnsafeRawBufferPointer(text), in: &room)
        let characters = start?.assumingMemoryBound(to: CChar.self)
        return sqlite3_bind_text(statement, index, characters, CInt(text.count), owner)
      }
    case .blob(let bytes):
      guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
      return bytes.withUnsafeBytes { bytes in
        let (start, owner) = Self.place(bytes, in: &room)
        return sqlite3_bind_blob(statement, index, start, CInt(bytes.count), owner)
      }
    }
  }

  /// Puts bytes into the room, and says where SQLite finds them, and whether it has to copy them.
  private static func place(
    _ bytes: UnsafeRawBufferPointer,
    in room: inout Slice<UnsafeMutableRawBufferPointer>
  ) -> (start: UnsafeRawPointer?, owner: sqlite3_destructor_type?) {
    guard bytes.count <= room.count else {
      // Proof: SQLITE_TRANSIENT is the address -1 by SQLite's own definition, and never called.
      return (bytes.baseAddress, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    }
    let place = UnsafeMutableRawBufferPointer(rebasing: room.prefix(bytes.count))
    place.copyMemory(from: bytes)
    room = room.dropFirst(bytes.count)
    return (UnsafeRawPointer(place.baseAddress), nil)
  }
}
