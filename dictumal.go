// Package dictumal is the domain of a control plane for governed desktops.
//
// A [Constitution] is a versioned document: Markdown for people and agents,
// with front matter that says what a machine may be and do. Deploying one
// version of it makes a [Deployment]: a Linux desktop on a [Machine] of its
// own, made by a [Provider], governed by that version's [Policy] and streamed
// to the browser.
//
// A deployment moves through a few [Status] values and shows its [Progress] on
// the way. Everything that happens to it is an [Event]. Who may do what is
// decided for a [Principal]; what went wrong is an [Error] for people who
// asked for something, and a [Failure] for a deployment that could not be kept.
//
// This package needs the standard library only. It knows neither SQL, HTTP nor
// any cloud; the packages under internal/ adapt it to those.
package dictumal
