package constitution

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/dictumal/dictumal"
)

// Article is a heading of the second level: what a document is divided into.
type Article struct {
	Number int
	Title  string
	Anchor string // id of the heading in the rendered page
}

// RenderHTML gives the body as HTML that is safe to show: raw HTML is left out,
// links go to the web or to mail only, and pictures become links, because a page
// must not load what a document's author chooses. Headings of the second level
// are numbered articles. A first heading that only repeats the title is left
// out, because the page shows the title itself.
func RenderHTML(document string) (template.HTML, error) {
	source := []byte(Body(document))
	markdown := newMarkdown()
	root := markdown.Parser().Parse(text.NewReader(source))
	dropTitle(root, source, titleOf(document))
	var page bytes.Buffer
	if err := markdown.Renderer().Render(&page, source, root); err != nil {
		return "", fmt.Errorf("render constitution: %w", err)
	}
	//nolint:gosec // the renderer escapes, and leaves raw HTML out
	return template.HTML(page.String()), nil
}

// Articles lists the articles of a document in order.
func Articles(document string) []Article {
	source := []byte(Body(document))
	root := newMarkdown().Parser().Parse(text.NewReader(source))
	var articles []Article
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		if heading, ok := node.(*ast.Heading); ok && heading.Level == 2 {
			number := len(articles) + 1
			articles = append(articles, Article{Number: number, Title: words(heading, source), Anchor: anchor(number)})
		}
	}
	return articles
}

// Private

func newMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify, extension.TaskList),
		goldmark.WithParserOptions(parser.WithASTTransformers(
			util.Prioritized(disarmer{}, 1000),
			util.Prioritized(numberer{}, 1001),
		)),
	)
}

// numberer gives each article its number and an anchor. Where the author has
// numbered a heading, the number stands already.
type numberer struct{}

// Transform numbers the articles of a parsed document.
func (numberer) Transform(root *ast.Document, reader text.Reader, _ parser.Context) {
	own := regexp.MustCompile(`^(?i:article\b|section\b|§|[0-9]+[.):]|[ivxlc]+[.)])`)
	number := 0
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		heading, ok := node.(*ast.Heading)
		if !ok || heading.Level != 2 {
			continue
		}
		number++
		heading.SetAttributeString("id", []byte(anchor(number)))
		if !own.MatchString(words(heading, reader.Source())) {
			heading.SetAttributeString("data-article", fmt.Appendf(nil, "%d", number))
		}
	}
}

func anchor(number int) string { return fmt.Sprintf("article-%d", number) }

// headline is the title of a document whose front matter gives none.
func headline(r *reader, body string) string {
	source := []byte(body)
	title := ""
	if heading := firstHeading(newMarkdown().Parser().Parse(text.NewReader(source))); heading != nil {
		title = strings.TrimSpace(words(heading, source))
	}
	fault := dictumal.Fault{Location: "title", Line: 1, Column: 1}
	switch {
	case len(r.faults) > 0: // the title may be among what could not be read
	case title == "":
		fault.Message = "title: there is none; write one in the front matter or begin the body with a heading."
		r.faults = append(r.faults, fault)
	case strings.ContainsFunc(title, unicode.IsControl):
		fault.Message = "title: the first heading holds characters that are no text; remove them or write a title in the front matter."
		r.faults = append(r.faults, fault)
	case len([]rune(title)) > MaxTitle:
		fault.Message = fmt.Sprintf("title: the first heading is longer than %d characters; write a shorter title in the front matter.", MaxTitle)
		r.faults = append(r.faults, fault)
	}
	return title
}

func titleOf(document string) string {
	constitution, err := Parse(document)
	if err != nil {
		return ""
	}
	return constitution.Title
}

func dropTitle(root ast.Node, source []byte, title string) {
	heading := firstHeading(root)
	if heading != nil && heading == root.FirstChild() && heading.Level == 1 && strings.TrimSpace(words(heading, source)) == title {
		root.RemoveChild(root, heading)
	}
}

func firstHeading(root ast.Node) *ast.Heading {
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		if heading, ok := node.(*ast.Heading); ok {
			return heading
		}
	}
	return nil
}

// words is the text of a node without its markup.
func words(node ast.Node, source []byte) string {
	var b strings.Builder
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		switch child := child.(type) {
		case *ast.Text:
			b.Write(child.Segment.Value(source))
			if child.SoftLineBreak() || child.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(child.Value)
		case *ast.AutoLink:
			b.Write(child.Label(source))
		default:
			b.WriteString(words(child, source))
		}
	}
	return b.String()
}
