import CloudAPI
import CustomerCare

extension Told {
  /// Field `calls`: the customer called, or took our call.
  mutating func calls(_ value: CallsValue) {
    let cards = Cards(value.contacts)
    for call in value.calls { self.call(directed(call), cards: cards) }
    for status in value.statuses { callStatus(status) }
    let newest = value.calls.compactMap(\.timestamp).max()
    profiles(value.contacts, at: instant(newest))
  }

  /// One of Meta's samples lacks the direction: a call from the business's own number is the business's.
  ///
  /// Source: cloud-api.md 7.2, read 2026-11-21.
  private func directed(_ call: CallEvent) -> CallEvent {
    guard call.direction == nil, let from = call.from ?? call.fromUserID else { return call }
    var call = call
    call.direction =
      from.decimalDigits == displayNumber?.decimalDigits
      ? .businessCalls : .customerCalls
    return call
  }

  private mutating func call(_ call: CallEvent, cards: Cards) {
    let isCustomers = call.direction != .businessCalls
    let names = names(
      phone: isCustomers ? call.from : call.to,
      userID: isCustomers ? call.fromUserID : call.toUserID,
      parentUserID: isCustomers ? call.fromParentUserID : call.toParentUserID,
      cards: cards
    )
    together(names, at: instant(call.timestamp))
    guard let alias = names.first, let (kind, seconds) = OpeningKind.of(call), let seconds
    else { return }
    ledger(kind, id: call.id, alias: alias, at: Instant(seconds: seconds))
  }

  /// The status of a call of ours.
  mutating func callStatus(_ status: CallStatus) {
    let names = Alias.names(
      phone: status.recipientID,
      userID: status.recipientUserID,
      parentUserID: status.recipientParentUserID
    )
    together(names, at: instant(status.timestamp))
    guard let alias = names.first, let seconds = status.timestamp else { return }
    ledger(OpeningKind(status), id: status.id, alias: alias, at: Instant(seconds: seconds))
  }
}
