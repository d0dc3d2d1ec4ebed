package feed

import (
	_ "embed" // the document is data
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

//go:embed openapi.json
var document string

// recordPrefix begins the names of the records' schemas in the document.
const recordPrefix = "Record_"

// openAPI is the OpenAPI 3.1 document of the sync API; a test compares it with
// the server. records are the schemas of the reference records, made where they
// are checked.
func openAPI(records map[string]any) ([]byte, error) {
	if len(records) == 0 {
		return []byte(document), nil
	}
	var doc struct {
		OpenAPI    string            `json:"openapi"`
		Info       json.RawMessage   `json:"info"`
		Servers    json.RawMessage   `json:"servers,omitempty"`
		Security   json.RawMessage   `json:"security,omitempty"`
		Paths      map[string]object `json:"paths"`
		Components map[string]object `json:"components"`
	}
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		return nil, fmt.Errorf("feed: openapi document: %w", err)
	}
	schemas := doc.Components["schemas"]
	var all []object
	mapping := object{}
	for _, kind := range slices.Sorted(maps.Keys(records)) {
		ref := "#/components/schemas/" + recordPrefix + kind
		schemas[recordPrefix+kind] = records[kind]
		all = append(all, object{"$ref": ref})
		mapping[kind] = ref
	}
	schemas["Record"] = object{"description": "One line of the body. Members that are not named are ignored, null counts as left out.",
		"oneOf": all, "discriminator": object{"propertyName": "kind", "mapping": mapping}}
	post, ok := doc.Paths["/sync/v1/reference"]["post"].(object)
	if !ok {
		return nil, fmt.Errorf("feed: openapi document: no POST /sync/v1/reference")
	}
	post["requestBody"] = object{"required": true, "content": object{"application/x-ndjson": object{"schema": object{"$ref": "#/components/schemas/Record"}}}}
	return json.MarshalIndent(doc, "", " ")
}
