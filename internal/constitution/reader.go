package constitution

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/dictumal/dictumal"
)

// reader walks front matter and gathers what is wrong with it.
type reader struct {
	faults []dictumal.Fault
}

// parse reads YAML without any of its machinery: one document, no anchors,
// aliases, tags, merge keys or directives. What remains is a tree that means
// what a person sees.
func (r *reader) parse(matter string) clause {
	none := clause{reader: r}
	file, err := parser.ParseBytes([]byte(matter), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return none
	}
	if len(file.Docs) > 1 {
		r.fault("front matter", file.Docs[1].Start, "The front matter holds a second YAML document; leave one.")
		return none
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return none
	}
	body := file.Docs[0].Body
	for _, kind := range []ast.NodeType{
		ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType, ast.DirectiveType, ast.MappingKeyType,
	} {
		for _, node := range ast.Filter(kind, body) {
			r.fault("front matter", node.GetToken(), machinery(kind)+" are not allowed in front matter; write the value itself.")
		}
	}
	if len(r.faults) > 0 {
		return none
	}
	return clause{reader: r, node: body, place: body.GetToken()}
}

// fault notes what is wrong at a token of the front matter.
func (r *reader) fault(path string, place *token.Token, message string) {
	fault := dictumal.Fault{Location: path, Line: 1, Column: 1, Message: message}
	if place != nil && place.Position != nil {
		fault.Line = place.Position.Line + matterLine - 1
		fault.Column = max(place.Position.Column, 1)
	}
	r.faults = append(r.faults, fault)
}

// Private

func (r *reader) syntax(err error) {
	message, place := "it cannot be read", (*token.Token)(nil)
	if yamlErr, ok := errors.AsType[yaml.Error](err); ok {
		message, place = yamlErr.GetMessage(), yamlErr.GetToken()
	}
	r.fault("front matter", place, fmt.Sprintf("The front matter is not valid YAML: %s.", strings.TrimRight(sentence(message), ".")))
}

func machinery(kind ast.NodeType) string {
	switch kind {
	case ast.AnchorType:
		return "Anchors (&)"
	case ast.AliasType:
		return "Aliases (*)"
	case ast.TagType:
		return "Tags (!)"
	case ast.MergeKeyType:
		return "Merge keys (<<)"
	case ast.DirectiveType:
		return "Directives (%)"
	default:
		return "Explicit keys (?)"
	}
}

// sentence keeps control characters of the input out of what people are shown.
func sentence(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
