/// A tap on a template's quick-reply button: `button`.
package struct ButtonTap: Sendable, Hashable {
  /// What the sender attached to the button; by default the same as `text`.
  package var payload: String?
  /// What stands on the button.
  package var text: String?

  /// Creates a tap.
  package init(payload: String?, text: String?) {
    self.payload = payload
    self.text = text
  }

  init?(_ json: JSON) {
    guard json.isObject else { return nil }
    payload = json["payload"]?.text
    text = json["text"]?.text
  }

  var json: JSON {
    .present(["payload": payload.map(JSON.string), "text": text.map(JSON.string)])
  }
}
