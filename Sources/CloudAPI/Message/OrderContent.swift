/// A cart that was sent: `order`.
package struct OrderContent: Sendable, Hashable {
  /// One line of it.
  package struct Item: Sendable, Hashable {
    /// The product.
    package var productRetailerID: String?
    /// How many.
    package var quantity: Int64?
    /// The price of one, as the customer's phone wrote it: to be verified.
    package var price: String?
    /// The currency.
    package var currency: String?

    /// Creates a line.
    package init(
      productRetailerID: String?,
      quantity: Int64?,
      price: String?,
      currency: String?
    ) {
      self.productRetailerID = productRetailerID
      self.quantity = quantity
      self.price = price
      self.currency = currency
    }
  }

  /// The catalogue.
  package var catalogID: String?
  /// Words beside it.
  package var text: String?
  /// The lines.
  package var items: [Item]

  /// Creates an order.
  package init(catalogID: String?, text: String? = nil, items: [Item]) {
    self.catalogID = catalogID
    self.text = text
    self.items = items
  }

  init?(_ json: JSON, _ reader: inout WireReader) {
    guard json.isObject else { return nil }
    catalogID = json["catalog_id"]?.text
    text = json["text"]?.text
    items = reader.eachObject("product_items", of: json) { item, _ in
      Item(
        productRetailerID: item["product_retailer_id"]?.text,
        quantity: item["quantity"]?.integer,
        price: item["item_price"]?.text,
        currency: item["currency"]?.text
      )
    }
  }

  var json: JSON {
    .present([
      "catalog_id": catalogID.map(JSON.string),
      "text": text.map(JSON.string),
      "product_items": .array(
        items.map {
          .present([
            "product_retailer_id": $0.productRetailerID.map(JSON.string),
            "quantity": $0.quantity.map(JSON.integer),
            "item_price": $0.price.map(JSON.number),
            "currency": $0.currency.map(JSON.string),
          ])
        }
      ),
    ])
  }
}
