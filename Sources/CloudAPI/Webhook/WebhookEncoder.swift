/// Writes the webhooks that Meta would send: for the sandbox, and for tests of the decoder.
package struct WebhookEncoder: Sendable {
  /// The WhatsApp Business Account in `entry[].id`.
  package var wabaID: String
  /// The business number's id in `metadata`.
  package var phoneNumberID: String
  /// The business number in digits in `metadata`.
  package var displayPhoneNumber: String

  /// Creates an encoder for one business number.
  package init(wabaID: String, phoneNumberID: String, displayPhoneNumber: String) {
    self.wabaID = wabaID
    self.phoneNumberID = phoneNumberID
    self.displayPhoneNumber = displayPhoneNumber
  }

  /// A body with one entry.
  ///
  /// `time` is what Meta writes on account and template fields, in seconds since 1970.
  package func body(_ changes: [JSON], time: Int64? = nil) -> [UInt8] {
    Self.body(entries: [entry(changes, time: time)])
  }

  /// A body with several entries, which may belong to several accounts.
  package static func body(entries: [JSON]) -> [UInt8] {
    let body: JSON = [
      "object": .string(WebhookDelivery.whatsAppObject), "entry": .array(entries),
    ]
    return body.serialized()
  }

  /// An entry of this account.
  package func entry(_ changes: [JSON], time: Int64? = nil) -> JSON {
    .present([
      "id": .string(wabaID), "time": time.map(JSON.integer), "changes": .array(changes),
    ])
  }

  /// A change of field `messages`.
  package func messages(_ value: MessagesValue) -> JSON {
    change("messages", aboutNumber(value.members))
  }

  /// A change of field `calls`.
  package func calls(_ value: CallsValue) -> JSON {
    change("calls", aboutNumber(value.members))
  }

  /// A change of field `smb_message_echoes`.
  package func echoes(_ value: EchoesValue) -> JSON {
    change("smb_message_echoes", aboutNumber(value.members))
  }

  /// A change of field `history`.
  package func history(_ value: HistoryValue) -> JSON {
    change("history", aboutNumber(value.members))
  }

  /// A change of field `smb_app_state_sync`.
  package func contactSync(_ value: ContactSyncValue) -> JSON {
    change("smb_app_state_sync", aboutNumber(value.members))
  }

  /// A change of field `user_preferences`.
  package func preferences(_ value: PreferencesValue) -> JSON {
    change("user_preferences", aboutNumber(value.members))
  }

  /// A change of field `standby`.
  package func standby(_ value: StandbyValue) -> JSON {
    change("standby", aboutNumber(value.members))
  }

  /// A change of field `user_id_update`.
  package func userIDUpdates(_ updates: [UserIDUpdate]) -> JSON {
    change(
      "user_id_update",
      aboutNumber([JSONMember("user_id_update", .array(updates.map(\.json)))])
    )
  }

  /// A change of field `message_template_status_update`.
  package func templateStatus(_ update: TemplateStatusUpdate) -> JSON {
    change("message_template_status_update", update.json)
  }

  /// A change of field `message_template_quality_update`.
  package func templateQuality(_ update: TemplateQualityUpdate) -> JSON {
    change("message_template_quality_update", update.json)
  }

  /// A change of field `template_category_update`.
  package func templateCategory(_ update: TemplateCategoryUpdate) -> JSON {
    change("template_category_update", update.json)
  }

  /// A change of field `account_update`.
  package func account(_ update: AccountUpdate) -> JSON {
    change("account_update", update.raw)
  }

  /// A change of field `phone_number_quality_update`.
  package func phoneNumberQuality(_ update: PhoneNumberQualityUpdate) -> JSON {
    change("phone_number_quality_update", update.json)
  }

  private func change(_ field: String, _ value: JSON) -> JSON {
    ["value": value, "field": .string(field)]
  }

  private func aboutNumber(_ members: [JSONMember]) -> JSON {
    .object(
      [
        JSONMember("messaging_product", "whatsapp"),
        JSONMember(
          "metadata",
          [
            "display_phone_number": .string(displayPhoneNumber),
            "phone_number_id": .string(phoneNumberID),
          ]
        ),
      ] + members
    )
  }
}
