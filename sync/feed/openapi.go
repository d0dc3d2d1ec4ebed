package feed

import _ "embed" // the document is data

//go:embed openapi.json
var document string

// openAPI is the OpenAPI 3.1 document of the sync API; a test compares it with
// the server.
func openAPI() []byte { return []byte(document) }
