package constitution

import (
	"net/url"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// disarmer takes from a document what would act on the page that shows it: raw
// HTML, pictures from elsewhere, and links that are no links.
type disarmer struct{}

// Transform disarms a parsed document.
func (disarmer) Transform(root *ast.Document, reader text.Reader, _ parser.Context) {
	var nodes []ast.Node
	// The walker below never fails, and neither does Walk then.
	_ = ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			nodes = append(nodes, node)
		}
		return ast.WalkContinue, nil
	})
	for _, node := range nodes {
		switch node := node.(type) {
		case *ast.RawHTML, *ast.HTMLBlock:
			node.Parent().RemoveChild(node.Parent(), node)
		case *ast.Image:
			link := ast.NewLink()
			link.Destination = node.Destination
			adopt(link, node)
			node.Parent().ReplaceChild(node.Parent(), node, link)
			disarmLink(link)
		case *ast.Link:
			disarmLink(node)
		case *ast.AutoLink:
			disarmAddress(node, reader.Source())
		}
	}
}

// Private

// relation keeps the page that is opened from reaching back, and from learning
// where its visitor came from.
const relation = "noopener noreferrer nofollow"

func disarmLink(link *ast.Link) {
	if !safeTarget(string(link.Destination)) {
		plain := ast.NewEmphasis(1)
		adopt(plain, link)
		link.Parent().ReplaceChild(link.Parent(), link, plain)
		return
	}
	link.SetAttributeString("rel", []byte(relation))
}

func disarmAddress(link *ast.AutoLink, source []byte) {
	switch {
	case link.AutoLinkType == ast.AutoLinkEmail:
	case safeTarget(string(link.URL(source))):
		link.SetAttributeString("rel", []byte(relation))
	default:
		link.Parent().ReplaceChild(link.Parent(), link, ast.NewString(link.Label(source)))
	}
}

// safeTarget tells whether a link may be followed: to the web, to mail, or to a
// place in this document.
func safeTarget(target string) bool {
	address, err := url.Parse(target)
	if err != nil {
		return false
	}
	if address.Scheme == "" {
		return address.Host == "" && address.Path == "" && address.Fragment != ""
	}
	return slices.Contains([]string{"http", "https", "mailto"}, address.Scheme)
}

func adopt(parent, from ast.Node) {
	for child := from.FirstChild(); child != nil; {
		next := child.NextSibling()
		parent.AppendChild(parent, child)
		child = next
	}
}
