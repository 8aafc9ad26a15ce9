import CLibPQ
import Storage

/// What the server answered to one statement, in libpq's memory until it is let go.
final class QueryResult {
  let handle: OpaquePointer
  /// The names of the columns.
  let columns: [String]

  init(_ handle: OpaquePointer) {
    self.handle = handle
    columns = (0..<PQnfields(handle)).map { column in
      PQfname(handle, column).map { String(cString: $0) } ?? ""
    }
  }

  deinit { PQclear(handle) }

  /// How many rows it has.
  var rows: CInt { PQntuples(handle) }

  /// How many rows the statement changed.
  var changed: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

  /// The server's word for what it did, such as `COMMIT`.
  var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

  /// The text of the first column of the first row, of a statement that was sent as text.
  var firstText: String? {
    guard rows > 0, PQgetisnull(handle, 0, 0) == 0 else { return nil }
    return String(cString: PQgetvalue(handle, 0, 0))
  }

  /// The texts of the first row, of a statement that was sent as text; empty when there is none.
  var firstRow: [String?] {
    guard rows > 0 else { return [] }
    return (0..<PQnfields(handle)).map { column in
      PQgetisnull(handle, 0, column) == 0 ? String(cString: PQgetvalue(handle, 0, column)) : nil
    }
  }

  /// The bytes of a value in PostgreSQL's binary format.
  func bytes(_ row: CInt, _ column: CInt) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: PQgetvalue(handle, row, column),
      count: Int(PQgetlength(handle, row, column))
    )
  }
}

/// A row of an answer in PostgreSQL's binary format.
final class PostgresRow: SQLRow {
  private let result: QueryResult
  private var row: CInt = 0
  /// Where the next column is looked for first: columns are mostly read in their order.
  private var next = 0

  init(_ result: QueryResult) {
    self.result = result
  }

  var columns: [String] { result.columns }

  /// Goes to a row, counted from 0.
  func stand(on row: CInt) {
    self.row = row
    next = 0
  }

  func value(_ column: String) throws(StoreError) -> SQLValue {
    let columns = result.columns
    let isNext = columns.indices.contains(next) && columns[next] == column
    guard let place = isNext ? next : columns.firstIndex(of: column) else {
      throw .misuse("No column \(column) among \(columns.joined(separator: ", "))")
    }
    next = place + 1
    let index = CInt(place)
    guard PQgetisnull(result.handle, row, index) == 0 else { return .null }
    let bytes = result.bytes(row, index)
    switch ColumnType(rawValue: PQftype(result.handle, index)) {
    case .bigint: return .int64(Self.integer(bytes, Int64.self))
    case .integer: return .int64(Int64(Self.integer(bytes, Int32.self)))
    case .boolean: return .int64(bytes.first == 0 ? 0 : 1)
    case .text, .varchar: return .string(String(decoding: bytes, as: UTF8.self))
    case .bytea: return .blob([UInt8](bytes))
    case nil: throw .misuse("Column \(column) holds neither a whole number, nor text, nor bytes")
    }
  }

  private static func integer<Integer: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer,
    _ type: Integer.Type
  ) -> Integer {
    bytes.reduce(0) { $0 << 8 | Integer($1) }
  }

  /// The types that portable SQL knows, by PostgreSQL's fixed numbers for them (`pg_type.dat`).
  private enum ColumnType: Oid {
    case boolean = 16
    case bytea = 17
    case bigint = 20
    case integer = 23
    case text = 25
    case varchar = 1043
  }
}
