import Foundation
import GRDBSQLite
import Storage

/// The row a statement stands on.
final class SQLiteRow: SQLRow {
  private let prepared: PreparedStatement
  /// Where the next column is looked for first: columns are mostly read in their order.
  private var next = 0

  init(_ prepared: PreparedStatement) {
    self.prepared = prepared
  }

  var columns: [String] { prepared.columns }

  private var statement: OpaquePointer { prepared.handle }

  func value(_ column: String) throws(StoreError) -> SQLValue {
    let place = try prepared.column(column, near: next)
    next = place + 1
    let index = CInt(place)
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return .int64(sqlite3_column_int64(statement, index))
    case SQLITE_TEXT: return .string(String(decoding: buffer(index, text: true), as: UTF8.self))
    case SQLITE_BLOB: return .blob([UInt8](buffer(index, text: false)))
    default: throw .misuse("Column \(column) holds a floating-point number")
    }
  }

  private func buffer(_ index: CInt, text: Bool) -> UnsafeRawBufferPointer {
    let start =
      text
      ? sqlite3_column_text(statement, index).map { UnsafeRawPointer($0) }
      : sqlite3_column_blob(statement, index)
    let count = Int(sqlite3_column_bytes(statement, index))
    return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
  }
}
