// Package examples holds constitutions to start from: for a person, for an
// agent, and the smallest one.
package examples

import "embed"

// Files are the example documents.
//
//go:embed *.md
var Files embed.FS
