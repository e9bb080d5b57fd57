package constitution

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// clause is a value of the front matter with its path. One that was not written
// has no node; every question to it answers that there is nothing.
type clause struct {
	reader *reader
	path   string
	node   ast.Node
	place  *token.Token
}

// given tells whether the clause was written.
func (c clause) given() bool { return c.node != nil }

// isMapping tells whether the clause holds further clauses.
func (c clause) isMapping() bool {
	switch c.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// refuse notes what is wrong with the clause, which the sentence cites.
func (c clause) refuse(format string, args ...any) {
	c.reader.fault(c.path, c.place, fmt.Sprintf("%s: %s", c.path, sentence(fmt.Sprintf(format, args...))))
}

// fields reads a clause that holds clauses; schema is the path under which its
// fields are known. A clause with nothing in it is as good as none.
func (c clause) fields(schema string) map[string]clause {
	fields := map[string]clause{}
	for _, value := range c.mapping() {
		key := value.Key.GetToken()
		name := key.Value
		field := clause{reader: c.reader, path: join(c.path, name), node: value.Value, place: placeOf(value.Value)}
		switch _, twice := fields[name]; {
		case !slices.Contains(fieldsOf(schema), name):
			c.unknown(schema, key)
		case twice:
			field.place = key
			field.refuse("it is written twice; keep one.")
		default:
			fields[name] = field
		}
	}
	for _, name := range fieldsOf(schema) {
		if _, ok := fields[name]; !ok {
			fields[name] = clause{reader: c.reader, path: join(c.path, name), place: c.place}
		}
	}
	return fields
}

// items reads a clause that holds a list.
func (c clause) items() []clause {
	if c.node == nil || c.node.Type() == ast.NullType {
		return nil
	}
	sequence, ok := c.node.(*ast.SequenceNode)
	if !ok {
		c.refuse("it must be a list, one item in each line after a hyphen.")
		return nil
	}
	items := make([]clause, len(sequence.Values))
	for i, value := range sequence.Values {
		items[i] = clause{reader: c.reader, path: fmt.Sprintf("%s[%d]", c.path, i), node: value, place: placeOf(value)}
	}
	return items
}

// text reads a clause that holds words.
func (c clause) text() (string, bool) {
	switch node := c.node.(type) {
	case nil:
		return "", false
	case *ast.StringNode:
		return node.Value, true
	case *ast.LiteralNode:
		return node.Value.Value, true
	case *ast.NullNode:
		c.refuse("it has no value; write one or leave the line out.")
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		c.refuse("it must be text, not a list or further clauses.")
	default:
		c.refuse("%s must be text; put it in quotes.", node.GetToken().Value)
	}
	return "", false
}

// scalar reads a clause of one word whatever YAML takes it for: 8 or off.
func (c clause) scalar() (string, bool) {
	if node, ok := c.node.(ast.ScalarNode); ok && node.Type() != ast.NullType && node.Type() != ast.LiteralType {
		return node.GetToken().Value, true
	}
	return c.text()
}

// flag reads a clause that is true or false.
func (c clause) flag() bool {
	if c.node == nil {
		return false
	}
	if node, ok := c.node.(*ast.BoolNode); ok {
		return node.Value
	}
	c.refuse("it must be true or false.")
	return false
}

// choice reads a clause that is one of a few words; the first is the default.
func choice[T ~string](c clause, options ...T) T {
	if !c.given() {
		return options[0]
	}
	word, ok := c.scalar()
	if !ok {
		return options[0]
	}
	words := make([]string, len(options))
	for i, option := range options {
		if words[i] = string(option); words[i] == word {
			return option
		}
	}
	c.refuse("%q is not known; write %s.", word, either(words))
	return options[0]
}

// Private

func (c clause) mapping() []*ast.MappingValueNode {
	switch node := c.node.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.MappingNode:
		return node.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{node}
	}
	if c.path == "" {
		c.reader.fault("front matter", c.place, "The front matter must be clauses, each a name, a colon and a value.")
	} else {
		c.refuse("it must hold clauses, each in a line of its own with a name, a colon and a value.")
	}
	return nil
}

func (c clause) unknown(schema string, key *token.Token) {
	path := join(c.path, key.Value)
	message := fmt.Sprintf("%s: there is no such clause; ", sentence(path))
	if near, ok := nearest(schema, key.Value); ok {
		message += fmt.Sprintf("did you mean %s?", near)
	} else {
		message += fmt.Sprintf("write %s.", either(fieldsOf(schema)))
	}
	c.reader.fault(path, key, message)
}

// placeOf is where a value begins. The token of a mapping is its first colon.
func placeOf(node ast.Node) *token.Token {
	switch node := node.(type) {
	case *ast.MappingNode:
		if !node.IsFlowStyle && len(node.Values) > 0 {
			return node.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return node.Key.GetToken()
	}
	return node.GetToken()
}

func either(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
