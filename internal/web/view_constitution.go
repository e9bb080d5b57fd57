package web

import (
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

// around is how many unchanged lines a redline shows around a change.
const around = 3

func newConstitutionsPage(frame Frame, all []dictumal.Constitution, running map[string]int, now time.Time) ConstitutionsPage {
	page := ConstitutionsPage{Frame: frame}
	for _, c := range all {
		page.Rows = append(page.Rows, ConstitutionRow{
			ID: c.ID, Title: c.Title, Hash: c.ShortHash(), Version: c.Version,
			Changed: newMoment(c.CreatedAt, now), Instances: running[c.ID],
		})
	}
	return page
}

// newConstitutionPage frames one version; the caller fills in the tab's own part.
func newConstitutionPage(frame Frame, tab string, shown dictumal.Constitution, newest int, now time.Time) ConstitutionPage {
	page := ConstitutionPage{
		Frame: frame, Tab: tab, ID: shown.ID, Title: shown.Title, Version: shown.Version, Newest: newest,
		Hash: shown.Hash, Short: shown.ShortHash(), Date: newMoment(shown.CreatedAt, now),
	}
	page.Frame.Title = shown.Title
	return page
}

func newVersionRows(versions []dictumal.Constitution, shown int, now time.Time) []VersionRow {
	rows := make([]VersionRow, 0, len(versions))
	for _, v := range versions {
		rows = append(rows, VersionRow{
			Version: v.Version, Short: v.ShortHash(), Title: v.Title, At: newMoment(v.CreatedAt, now), Shown: v.Version == shown,
		})
	}
	return rows
}

// newRedline shows a difference with a few lines around each change; what lies
// between is one row that says how much was left out.
func newRedline(lines []constitution.DiffLine) []RedlineRow {
	var rows []RedlineRow
	skipped := 0
	for i, line := range lines {
		if line.Change == constitution.Kept && !nearChange(lines, i) {
			skipped++
			continue
		}
		if skipped > 0 {
			rows = append(rows, gapRow(skipped))
			skipped = 0
		}
		rows = append(rows, redlineRow(line))
	}
	if skipped > 0 && len(rows) > 0 {
		rows = append(rows, gapRow(skipped))
	}
	return rows
}

// Private

func nearChange(lines []constitution.DiffLine, at int) bool {
	for i := max(0, at-around); i <= min(len(lines)-1, at+around); i++ {
		if lines[i].Change != constitution.Kept {
			return true
		}
	}
	return false
}

func redlineRow(line constitution.DiffLine) RedlineRow {
	row := RedlineRow{Kind: "same", Old: line.Old, New: line.New}
	switch line.Change {
	case constitution.Added:
		row.Kind = "insert"
	case constitution.Removed:
		row.Kind = "delete"
	case constitution.Kept:
	}
	// A line that is new as a whole needs no marks in it.
	row.Whole = len(line.Spans) == 1 && line.Spans[0].Change != constitution.Kept
	for _, span := range line.Spans {
		row.Parts = append(row.Parts, RedlinePart{Text: span.Text, Changed: !row.Whole && span.Change != constitution.Kept})
	}
	return row
}

func gapRow(lines int) RedlineRow {
	return RedlineRow{Kind: "gap", Parts: []RedlinePart{{Text: count(lines, "line") + " unchanged"}}}
}
