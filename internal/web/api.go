package web

import "net/http"

// Route is an operation of the REST interface as its page shows it.
type Route struct {
	Method, Path, Summary string
}

// APIPage lists the operations of the REST interface.
type APIPage struct {
	Frame
	Routes []Route
}

// API shows the operations of the REST interface.
func (s *Web) API(w http.ResponseWriter, r *http.Request, routes []Route) {
	s.show(w, r, http.StatusOK, "api", APIPage{Frame: s.frame(r, "", "API", ""), Routes: routes})
}
