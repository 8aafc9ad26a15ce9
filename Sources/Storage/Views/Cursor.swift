import Foundation

/// A place in a list: opaque to whoever holds it.
package struct Cursor: Sendable, Hashable {
  /// Text of letters, digits, `-` and `_`.
  package var text: String

  /// Takes a cursor as somebody handed it back; one that makes no sense begins an empty page.
  package init(_ text: String) {
    self.text = text
  }

  /// The cursor after an item with these sort keys.
  init(after keys: [String]) {
    let joined = Data(keys.joined(separator: "\u{1F}").utf8).base64EncodedString()
    text = joined.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// The sort keys, if there are as many as the list has; `nil` for a cursor that makes no sense.
  func keys(_ count: Int) -> [String]? {
    var padded = text.replacing("-", with: "+").replacing("_", with: "/")
    while !padded.utf8.count.isMultiple(of: 4) { padded += "=" }
    guard let data = Data(base64Encoded: padded) else { return nil }
    let keys = String(decoding: data, as: UTF8.self)
      .split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
    return keys.count == count ? keys : nil
  }
}

/// A part of a list.
package struct Page<Item: Sendable>: Sendable {
  /// The items, in the list's order.
  package var items: [Item]
  /// Where the next part begins; `nil` at the end.
  package var next: Cursor?

  /// Makes a page.
  package init(items: [Item], next: Cursor?) {
    self.items = items
    self.next = next
  }

  /// A page of at most `limit` of the items read, one more of which says that there is a next page.
  init(_ read: [Item], limit: Int, key: (Item) -> [String]) {
    items = Array(read.prefix(limit))
    next = read.count > limit ? items.last.map { Cursor(after: key($0)) } : nil
  }
}

extension Page: Equatable where Item: Equatable {}
