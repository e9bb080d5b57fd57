package web

import (
	"html/template"

	"github.com/dictumal/dictumal"
)

// SignInPage has one sentence, and one button for each way in.
type SignInPage struct {
	Frame
	Code   string // from the operator's link
	Ways   []Link // to the identity providers; neither: tell how to get a link
	Next   string // where to go afterwards
	Notice string
	Failed bool // the notice is of something that went wrong
}

// InstancesPage lists the caller's deployments.
type InstancesPage struct {
	Frame
	Cards    []Card
	Filters  []Filter // empty while all fit on a screen
	Query    string
	State    string
	Total    int
	Matching int
	Newer    string // links; empty where there are no more
	Older    string
	Examples []Example // shown where there are no instances
	Have     bool      // the caller has constitutions already
	Shared   []SharedCard
}

// Filter is one button that narrows the list.
type Filter struct {
	Name, URL string
	Count     int
	On        bool
}

// Example is a document to start from.
type Example struct {
	Name, Title, Summary string
}

// InstancePage is all about one deployment.
type InstancePage struct {
	Frame
	Card     Card
	Timeline []Entry
	Log      string
	LogLast  int64 // the offset of the last piece in Log
	Checks   Checks
	Facts    []Fact
	Receipt  *Receipt // nil while there is none
	Grants   Grants
}

// Entry is one event of a timeline.
type Entry struct {
	Number int64
	At     *Moment
	Time   string // of the day, exact
	Tone   string
	Text   string
	// Percent is set where a stage was reached.
	Percent int
}

// Fact is one row of the table of facts.
type Fact struct {
	Name, Value, Link string
	Mono              bool
}

// DestroyPage asks before a machine is destroyed.
type DestroyPage struct {
	Frame
	Card Card
}

// DestroyAllPage asks before several machines are destroyed.
type DestroyAllPage struct {
	Frame
	Cards []Card
	Cost  string // of all until now; empty where nothing is charged

	total float64
}

// ConstitutionsPage lists the caller's documents.
type ConstitutionsPage struct {
	Frame
	Rows     []ConstitutionRow
	Examples []Example
}

// ConstitutionRow is one document in a list.
type ConstitutionRow struct {
	ID, Title, Hash string
	Version         int
	Changed         *Moment
	Instances       int
}

// ConstitutionPage is a document with what it means. Tab says which part is shown.
type ConstitutionPage struct {
	Frame
	Tab     string // read, edit, versions, instances
	ID      string
	Title   string
	Version int
	Newest  int
	Hash    string
	Short   string
	Date    *Moment
	Meaning Meaning
	Deploy  DeployForm

	Body      template.HTML // read
	Editor    Editor        // edit
	Versions  []VersionRow  // versions
	Redline   []RedlineRow
	Against   int    // the version that the redline starts from; 0: there is none
	Cards     []Card // instances
	LiveCount int
}

// VersionRow is one version in the list of versions.
type VersionRow struct {
	Version int
	Short   string
	Title   string
	At      *Moment
	Shown   bool
}

// RedlineRow is one line of a difference.
type RedlineRow struct {
	Kind     string // same, insert, delete, gap
	Old, New int    // line numbers; 0: none
	Whole    bool   // the line is new or gone as a whole
	Parts    []RedlinePart
}

// RedlinePart is a piece of a line; Changed marks the words that differ.
type RedlinePart struct {
	Text    string
	Changed bool
}

// EditorPage writes a new document.
type EditorPage struct {
	Frame
	Editor  Editor
	Meaning Meaning
}

// Editor is a document being written, with what is wrong with it.
type Editor struct {
	Action   string
	Cancel   string
	Document string
	IfMatch  string // the hash of the version that is being edited
	Faults   []dictumal.Fault
	Stale    bool // somebody has saved another version meanwhile
}

// DeployPage is the deploy dialog for those without scripts.
type DeployPage struct {
	Frame
	ID, Title string
	Form      DeployForm
	Notice    string
}

// DeployForm chooses where, how large, and by which way the desktop is seen.
type DeployForm struct {
	ID       string
	Title    string
	Version  int
	Key      string // makes sending twice the same as sending once
	Sentence string
	Regions  []Choice
	Streams  []Choice
	Sizes    []Choice
	More     int      // sizes that would fit, too, and are not in Sizes
	All      string   // the query that shows them
	AllSizes bool     // they are shown
	LeftOut  string   // why some sizes are not offered; empty: all are
	Notes    []string // what was wished and does not fit
	Price    string   // of the chosen size
	Shared   bool     // machines share the host's kernel
	Refusal  string   // why nothing can be deployed now; empty: it can
}

// Choice is one region, stream or size.
type Choice struct {
	Value, Words, More string
	Hour, Month        string // of a size
	Button             string // what the button says when this size is chosen
	Chosen             bool
}

// ErrorPage says what happened and what to do next.
type ErrorPage struct {
	Frame
	Status   int
	Heading  string
	Sentence string
	Faults   []dictumal.Fault
	Actions  []Link
}

// LicensesPage lists what the program is made of.
type LicensesPage struct {
	Frame
	Works []Link
}

// Link is a place to go.
type Link struct {
	Words, URL string
	Primary    bool
}
