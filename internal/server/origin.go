package server

import "net/http"

// Private

// fromOwnPage tells whether a request says that a page of this server has sent it, in
// just the words in which a browser says so.
func (s *Server) fromOwnPage(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	return len(origins) == 1 && origins[0] == s.URL.Scheme+"://"+s.URL.Host
}
