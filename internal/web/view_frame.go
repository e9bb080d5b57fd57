package web

// Frame is what surrounds every page.
type Frame struct {
	Title   string
	Section string // the entry of the top bar that is lit: instances, constitutions, account
	User    string // empty where nobody has signed in
	Script  string // the page's own module, under static/
	Wide    bool   // no column: the page takes the whole width
	// Unbuilt is true where the binary was built without its assets.
	Unbuilt bool
}
