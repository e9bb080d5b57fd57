package web

import "strings"

// Private

// A page loads what comes from here, and of that what pages are made of and nothing
// else. What is painted from data: addresses are pointers, and pictures of desktops
// that this browser has kept. There is no inline script or style; text becomes markup in one place only
// (static/parse.js); and no other page may hold this one in a frame.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dictumal"

// policy is what a page may do. Not every browser counts a WebSocket among what comes
// from 'self': the viewer says where it leads.
func (s *Web) policy(page string) string {
	if page != "desktop" || s.Host == "" {
		return pagePolicy
	}
	const here = "connect-src 'self'"
	return strings.Replace(pagePolicy, here, here+" ws://"+s.Host+" wss://"+s.Host, 1)
}
