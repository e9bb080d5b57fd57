package constitution

import "strings"

// fieldsOf lists the fields of a clause by its path, in the order in which they
// are documented. The path "" is the front matter itself.
func fieldsOf(path string) []string {
	switch path {
	case "":
		return []string{"title", "machine", "software", "lifetime", "network", "stream", "privileges"}
	case "machine":
		return []string{"region", "size", "resolution"}
	case "software":
		return []string{"packages", "autostart", "files"}
	case "software.files":
		return []string{"path", "content"}
	case "lifetime":
		return []string{"ttl", "idle", "budget"}
	case "network":
		return []string{"egress", "allow"}
	case "stream":
		return []string{"control", "clipboard"}
	case "privileges":
		return []string{"sudo"}
	}
	return nil
}

// allFields lists the path of every field.
func allFields() []string {
	paths := fieldsOf("")
	for _, clause := range fieldsOf("") {
		for _, field := range fieldsOf(clause) {
			paths = append(paths, clause+"."+field)
		}
	}
	return paths
}

// nearest finds the field that somebody who wrote name under path most likely
// meant: one beside it that is spelled alike, else one anywhere of that name.
func nearest(path, name string) (string, bool) {
	name = strings.ToLower(name)
	best, found := "", len(name)/3+2
	for _, field := range fieldsOf(path) {
		if d := distance(name, field); d < found {
			best, found = join(path, field), d
		}
	}
	if best != "" {
		return best, true
	}
	for _, field := range allFields() {
		if last := field[strings.LastIndexByte(field, '.')+1:]; distance(name, last) <= 1 {
			return field, true
		}
	}
	return "", false
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

// distance counts the letters to insert, drop or replace to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
