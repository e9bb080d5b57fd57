package web

// Frame is what surrounds every page.
type Frame struct {
	Title   string
	Section string // the entry of the top bar that is lit: instances, constitutions, machines, people, audit, account
	User    string // empty where nobody has signed in
	Admin   bool
	Script  string // the page's own module, under static/
	Wide    bool   // no column: the page takes the whole width
	// Unbuilt is true where the binary was built without its assets.
	Unbuilt bool
	// Watched is true where the page depends on how the provider is doing.
	Watched bool
	Health  *Health // nil: it is doing well
}
