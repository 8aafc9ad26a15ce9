import CloudAPI
import Storage

/// Which part of a list is asked for.
struct Paging: Sendable {
  /// The longest cursor, in bytes: ours have under a hundred.
  private static let cursorBytesMax = 512
  /// The names of the query parameters.
  static let names: Set<String> = ["limit", "cursor"]

  let limit: Int
  let cursor: Cursor?

  init(_ query: QueryItems, _ limits: WebLimits) throws(Problem) {
    if let text = query["limit"] {
      guard text.utf8.allSatisfy(\.isASCIIDigit), let number = Int(text),
        (1...limits.pageItemsMax).contains(number)
      else {
        throw .invalid("limit", "It must be a whole number from 1 to \(limits.pageItemsMax).")
      }
      limit = number
    } else {
      limit = limits.pageItemsDefault
    }
    guard let text = query["cursor"] else {
      cursor = nil
      return
    }
    guard (1...Self.cursorBytesMax).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy({ scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || "-_.".unicodeScalars.contains(scalar))
      })
    else { throw .invalid("cursor", "Hand back `next` of the page before as it was.") }
    cursor = Cursor(text)
  }
}

extension Page {
  /// The page as `{ "data": [...], "next": "…" | null }`.
  func json(_ item: (Item) -> JSON) -> JSON {
    ["data": .array(items.map(item)), "next": .text(next?.text)]
  }
}
