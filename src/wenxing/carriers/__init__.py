"""From a document and edits to a copy: one module per carrier, none knows another."""
