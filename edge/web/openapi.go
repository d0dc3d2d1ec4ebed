package web

import (
	"net/http"
	"regexp"
	"strings"
)

// openapi describes the routes from the table itself (OpenAPI 3.1).
func (c *call) openapi() error {
	paths := map[string]map[string]any{}
	for _, rt := range c.s.table() {
		op := map[string]any{"summary": rt.summary, "responses": map[string]any{
			"200":     map[string]any{"description": "answered"},
			"default": map[string]any{"description": "refused", "content": map[string]any{"application/problem+json": map[string]any{"schema": map[string]string{"$ref": "#/components/schemas/Problem"}}}}}}
		if rt.who == session || rt.who == role {
			op["security"] = []map[string][]string{{"bearer": {}}, {"cookie": {}}}
		}
		if len(rt.roles) > 0 {
			op["x-roles"] = rt.roles
		}
		if rt.method == http.MethodPost {
			op["requestBody"] = map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": map[string]string{"type": "object"}}}}
		}
		var params []map[string]any
		for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(rt.path, -1) {
			params = append(params, map[string]any{"name": m[1], "in": "path", "required": true, "schema": map[string]string{"type": "string"}})
		}
		if params != nil {
			op["parameters"] = params
		}
		if paths[rt.path] == nil {
			paths[rt.path] = map[string]any{}
		}
		paths[rt.path][strings.ToLower(rt.method)] = op
	}
	text := map[string]string{"type": "string"}
	return c.answer(http.StatusOK, map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]string{"title": "dcedge floor and site", "version": "1"},
		"paths":   paths,
		"components": map[string]any{
			"securitySchemes": map[string]any{
				"bearer": map[string]string{"type": "http", "scheme": "bearer"},
				"cookie": map[string]string{"type": "apiKey", "in": "cookie", "name": c.s.cookieName()}},
			"schemas": map[string]any{"Problem": map[string]any{"type": "object", "required": []string{"status", "code"},
				"properties": map[string]any{"type": text, "title": text, "status": map[string]string{"type": "integer"}, "code": text, "detail": text}}},
		}})
}
