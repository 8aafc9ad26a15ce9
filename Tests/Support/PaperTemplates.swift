import CustomerCare
package import Storage

extension Reengage {
  /// Templates as no Meta would take them, for databases under test: the request is named after the one that waits.
  package static let onPaper: Writer = { choice, original in
    Message(
      id: RequestID("\(original.request.id)-template"),
      payload: Array(choice.text.utf8),
      content: .template(
        name: choice.reason.name,
        language: choice.reason.language,
        text: choice.text
      )
    )
  }
}
