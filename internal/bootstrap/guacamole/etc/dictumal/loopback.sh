# Part of the image's start: nobody but this machine's nginx may speak to Tomcat.
# Its shutdown port is closed, since every program of this machine could use it,
# and it keeps no record of requests, which would fill its memory.
xmlstarlet edit --inplace \
	--insert '/Server/Service/Connector' --type attr -n address -v 127.0.0.1 \
	--update '/Server/@port' --value -1 \
	--delete '//Valve[@className="org.apache.catalina.valves.AccessLogValve"]' \
	"$CATALINA_BASE/conf/server.xml"
