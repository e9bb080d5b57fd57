package server

import "net/http"

// Private

// What an answer may do where it says nothing else of itself: nothing. Pages say what
// they need; JSON, files and errors for programs need nothing, wherever somebody may
// have opened them.
const nothingAllowed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Of the devices that a page could ask for, these pages want none. Full screen and
// the clipboard are the viewer's.
const devices = "accelerometer=(), autoplay=(), bluetooth=(), camera=(), display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), " +
	"hid=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()"

// headers are what every answer carries. Each is the strictest that there is: whoever
// answers loosens what has to be loose, such as how long a style sheet is kept.
func (s *Server) headers(next http.Handler) http.Handler {
	transport := ""
	// Browsers would refuse plain HTTP from every port of this machine. What is below the
	// name may be somebody else's, or a gateway host, whose machines' certificate people
	// accept by hand: with includeSubDomains browsers would not let them.
	if s.URL.Scheme == "https" && !loopback(s.URL.Host) {
		transport = "max-age=31536000"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", nothingAllowed)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		// Not "no-referrer": with it, forms come from the origin "null".
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", devices)
		if transport != "" {
			h.Set("Strict-Transport-Security", transport)
		}
		next.ServeHTTP(w, r)
	})
}
