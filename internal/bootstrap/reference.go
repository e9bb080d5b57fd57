package bootstrap

import (
	"regexp"
	"sync"
)

// ValidImage tells whether a name is a container image's by Docker's grammar:
// [host[:port]/]path[:tag][@sha256:digest]. Nothing else may become an argument of
// Docker's.
func ValidImage(name string) bool {
	return len(name) <= maxImage && reference().MatchString(name)
}

// Private

const (
	// maxImage is how long a name may be, in bytes.
	maxImage = 400

	label     = `[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?`
	authority = label + `(?:\.` + label + `)*(?::[0-9]{1,5})?`
	word      = `[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`
	tag       = `[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}`
)

// reference is made when it is needed first, which is seldom before somebody waits.
var reference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^(?:` + authority + `/)?` + word + `(?:/` + word + `)*(?::` + tag + `)?(?:@sha256:[0-9a-f]{64})?$`)
})
