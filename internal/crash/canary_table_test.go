package crash_test

import "strings"

// place is where things stand that somebody else may read one day.
type place string

const (
	inDatabase   place = "the database"
	inBackup     place = "a backup"
	inFolder     place = "the data folder"
	inSecretFile place = "the file of the secret"
	inLog        place = "the log"
	inMetrics    place = "the metrics"
	inPage       place = "a page"
	inAnswer     place = "an answer of the API"
	inRefusal    place = "a refusal"
	inHeader     place = "a header of an answer"
	inSocket     place = "an answer at the socket"
	inCommand    place = "what a command prints"
	inStorage    place = "the browser's storage"
	inHistory    place = "the browser's history"
	inReferer    place = "what another site hears"
	inProcess    place = "the server's arguments and environment"
	inChild      place = "a child's arguments and environment"
	inUserData   place = "a machine's user-data"
	atCloud      place = "what the cloud is told"
	atProvider   place = "what the identity provider is told"
)

// spot is a part of a place: what has this label, or begins with it.
type spot struct {
	place place
	label string
}

func (s spot) holds(place place, label string) bool {
	return s.place == place && strings.HasPrefix(label, s.label)
}

// kind says what a secret is for, and so where it may stand.
type kind string

const (
	installationSecret kind = "AUTH_SECRET"
	keptSecret         kind = "the secret in the data folder"
	forgottenSecret    kind = "a secret that was forgotten"
	cloudToken         kind = "the token of the cloud"
	providerSecret     kind = "the secret shared with the identity provider"
	clientKey          kind = "the key to a machine"
	hostKey            kind = "a machine's own key"
	sealedValue        kind = "a sealed value"
	streamSecret       kind = "the secret of a stream"
	streamPassword     kind = "a password or key of a stream"
	cookie             kind = "a cookie"
	linkCode           kind = "the code of a sign-in link"
	launchCode         kind = "the code of a launch"
	loginState         kind = "the state of a sign-in by a provider"
	loginNonce         kind = "the nonce of a sign-in by a provider"
	loginVerifier      kind = "the verifier of a sign-in by a provider"
	providerCode       kind = "a provider's code"
	providerToken      kind = "a provider's token"
	tokenOfSocket      kind = "a token made at the socket"
	tokenOfCommand     kind = "a token made by a command"
	tokenOfAPI         kind = "a token made by the API"
	tokenOfPage        kind = "a token made on a page"
	typedInAddress     kind = "a password that was typed into an address"
	typedAsNext        kind = "a password in the address to go on to"
	typedInBody        kind = "a password that was typed into a request"
	typedInHeader      kind = "a password that was sent in a header"
)

// table says where each kind of secret may stand. What is not in it may stand nowhere.
var table = map[kind][]spot{
	installationSecret: {{inProcess, "environment"}},
	keptSecret:         {{inSecretFile, "auth-secret"}},
	forgottenSecret:    nil,
	cloudToken:         {{inProcess, "environment"}, {atCloud, "header Authorization"}},
	providerSecret:     {{atProvider, "POST /token"}, {atProvider, "header Authorization"}},
	clientKey:          nil,
	hostKey:            {{inUserData, ""}, {atCloud, "POST /v2/droplets"}},
	sealedValue:        {{inDatabase, ""}, {inBackup, ""}},
	streamSecret:       {{inUserData, ""}, {atCloud, "POST /v2/droplets"}},
	streamPassword:     {{inUserData, ""}},
	cookie:             {{inHeader, "Set-Cookie"}},
	linkCode:           {{inSocket, "POST /api/sign-in-links"}, {inCommand, "sign-in"}, {inPage, "GET /sign-in"}, {inHistory, "spent"}},
	launchCode:         {{inHeader, "Location of GET /api/deployments/"}, {inSocket, "Location of GET /api/deployments/"}},
	loginState:         {{inHeader, "Location of GET /api/auth/signin/"}, {inPage, "GET /api/auth/signin/"}, {atProvider, "GET /authorize"}},
	loginNonce:         {{inHeader, "Location of GET /api/auth/signin/"}, {inPage, "GET /api/auth/signin/"}, {atProvider, "GET /authorize"}},
	loginVerifier:      {{atProvider, "POST /token"}},
	providerCode:       {{atProvider, "POST /token"}},
	providerToken:      nil,
	tokenOfSocket:      {{inSocket, "POST /api/tokens"}},
	tokenOfCommand:     {{inCommand, "token create"}},
	tokenOfAPI:         {{inAnswer, "POST /api/tokens"}},
	tokenOfPage:        {{inPage, "POST /account/tokens"}},
	// Who has typed something is shown it, and nobody else.
	typedInAddress: {{inHeader, "Location of GET"}, {inPage, "GET"}, {inRefusal, "GET"}},
	typedInBody:    {{inRefusal, ""}, {inPage, "POST /constitutions"}, {inAnswer, "POST /api/deployments/destroy"}},
	// Where somebody is to go after a sign-in is kept until then, ten minutes at most.
	typedAsNext:   {{inHeader, "Location of GET"}, {inPage, "GET"}, {inDatabase, ""}, {inBackup, ""}},
	typedInHeader: nil,
}
