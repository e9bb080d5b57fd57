// Empty is the least that a web server in Go can be: what the time until the first
// answer of the whole program is compared with.
package main

import (
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	server := &http.Server{
		Addr:              os.Args[1],
		ReadHeaderTimeout: time.Minute,
		Handler:           http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
	}
	log.Fatal(server.ListenAndServe())
}
