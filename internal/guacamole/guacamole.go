// Package guacamole speaks to the Guacamole of a machine without asking it
// anything: from the one secret that a deployment shares with its machine it
// derives the password of the VNC server and the key under which Guacamole takes
// a login, and it writes such logins.
//
// The ciphers are old ones, and are Guacamole's and VNC's own. What rests on them
// is kept small: each deployment has a key of its own, a login is good once and
// for minutes, and the VNC server listens on loopback only.
package guacamole
