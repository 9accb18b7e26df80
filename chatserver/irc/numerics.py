"""Numerics: the three-digit replies of a server.

Names, numbers and texts are those of modern IRC ("Numerics"); other sources stand beside them.
"""

from enum import StrEnum


class Numeric(StrEnum):
    """A reply: its three digits, as they stand for the command of a message.

    Attributes:
        text: the standard last parameter; fields in braces are for `str.format`. Empty where the
            last parameter is data, or where the source leaves the words to the server.
    """

    text: str

    def __new__(cls, code: str, text: str = "") -> "Numeric":
        """Make a member of its digits and its text."""
        numeric = str.__new__(cls, code)
        numeric._value_ = code
        numeric.text = text
        return numeric

    # Registration and the server.
    RPL_WELCOME = "001", "Welcome to the {network} Network, {nick}"
    RPL_YOURHOST = "002", "Your host is {server}, running version {version}"
    RPL_CREATED = "003", "This server was created {created}"
    RPL_MYINFO = "004"
    RPL_ISUPPORT = "005", "are supported by this server"
    RPL_BOUNCE = "010"
    RPL_REMOTEISUPPORT = "105", "are supported by this server"
    RPL_STATSCOMMANDS = "212"
    RPL_ENDOFSTATS = "219", "End of /STATS report"
    RPL_UMODEIS = "221"
    RPL_STATSUPTIME = "242", "Server Up {days} days {hours}:{minutes:02}:{seconds:02}"
    RPL_LUSERCLIENT = "251", "There are {seen} users and {invisible} invisible on {servers} servers"
    RPL_LUSEROP = "252", "operator(s) online"
    RPL_LUSERUNKNOWN = "253", "unknown connection(s)"
    RPL_LUSERCHANNELS = "254", "channels formed"
    RPL_LUSERME = "255", "I have {clients} clients and {servers} servers"
    RPL_ADMINME = "256", "Administrative info"
    RPL_ADMINLOC1 = "257"
    RPL_ADMINLOC2 = "258"
    RPL_ADMINEMAIL = "259"
    RPL_TRYAGAIN = "263", "Please wait a while and try again."
    RPL_LOCALUSERS = "265", "Current local users {users}, max {most}"
    RPL_GLOBALUSERS = "266", "Current global users {users}, max {most}"
    RPL_VERSION = "351"
    RPL_LINKS = "364"
    RPL_ENDOFLINKS = "365", "End of /LINKS list"
    RPL_INFO = "371"
    RPL_MOTD = "372"
    RPL_ENDOFINFO = "374", "End of INFO list"
    RPL_MOTDSTART = "375", "- {server} Message of the day - "
    RPL_ENDOFMOTD = "376", "End of /MOTD command."
    RPL_YOUREOPER = "381", "You are now an IRC operator"
    RPL_REHASHING = "382", "Rehashing"
    RPL_TIME = "391"
    RPL_VISIBLEHOST = "396", "is now your displayed host"  # IRCv3 multiline names it
    RPL_HELPSTART = "704"
    RPL_HELPTXT = "705"
    RPL_ENDOFHELP = "706"

    # People.
    RPL_WHOISCERTFP = "276", "has client certificate fingerprint {fingerprint}"
    RPL_NONE = "300"
    RPL_AWAY = "301"
    RPL_USERHOST = "302"
    RPL_ISON = "303"  # RFC 2812 section 5.1
    RPL_UNAWAY = "305", "You are no longer marked as being away"
    RPL_NOWAWAY = "306", "You have been marked as being away"
    RPL_WHOISREGNICK = "307", "has identified for this nick"
    RPL_WHOISUSER = "311"
    RPL_WHOISSERVER = "312"
    RPL_WHOISOPERATOR = "313", "is an IRC operator"
    RPL_WHOWASUSER = "314"
    RPL_ENDOFWHO = "315", "End of WHO list"
    RPL_WHOISIDLE = "317", "seconds idle, signon time"
    RPL_ENDOFWHOIS = "318", "End of /WHOIS list"
    RPL_WHOISCHANNELS = "319"
    RPL_WHOISSPECIAL = "320"
    RPL_WHOISACCOUNT = "330", "is logged in as"
    RPL_WHOISBOT = "335", "is a bot"  # IRCv3 bot-mode, which leaves the words free
    RPL_WHOISACTUALLY = "338", "Is actually using host"
    RPL_WHOREPLY = "352"
    RPL_WHOSPCRPL = "354"  # IRCv3 WHOX
    RPL_ENDOFWHOWAS = "369", "End of WHOWAS"
    RPL_WHOISHOST = "378"
    RPL_WHOISMODES = "379"
    RPL_WHOISSECURE = "671", "is using a secure connection"
    RPL_MONONLINE = "730"  # IRCv3 monitor, these five
    RPL_MONOFFLINE = "731"
    RPL_MONLIST = "732"
    RPL_ENDOFMONLIST = "733", "End of MONITOR list"
    ERR_MONLISTFULL = "734", "Monitor list is full."

    # Channels.
    RPL_LISTSTART = "321", "Users  Name"
    RPL_LIST = "322"
    RPL_LISTEND = "323", "End of /LIST"
    RPL_CHANNELMODEIS = "324"
    RPL_CREATIONTIME = "329"
    RPL_NOTOPIC = "331", "No topic is set"
    RPL_TOPIC = "332"
    RPL_TOPICWHOTIME = "333"
    RPL_INVITELIST = "336"
    RPL_ENDOFINVITELIST = "337", "End of /INVITE list"
    RPL_INVITING = "341"
    RPL_INVEXLIST = "346"
    RPL_ENDOFINVEXLIST = "347", "End of Channel Invite Exception List"
    RPL_EXCEPTLIST = "348"
    RPL_ENDOFEXCEPTLIST = "349", "End of channel exception list"
    RPL_NAMREPLY = "353"
    RPL_ENDOFNAMES = "366", "End of /NAMES list"
    RPL_BANLIST = "367"
    RPL_ENDOFBANLIST = "368", "End of channel ban list"

    # Refusals.
    ERR_UNKNOWNERROR = "400"
    ERR_NOSUCHNICK = "401", "No such nick/channel"
    ERR_NOSUCHSERVER = "402", "No such server"
    ERR_NOSUCHCHANNEL = "403", "No such channel"
    ERR_CANNOTSENDTOCHAN = "404", "Cannot send to channel"
    ERR_TOOMANYCHANNELS = "405", "You have joined too many channels"
    ERR_WASNOSUCHNICK = "406", "There was no such nickname"
    ERR_TOOMANYTARGETS = "407", "Too many targets"  # RFC 1459 section 6.1
    ERR_NOORIGIN = "409", "No origin specified"
    ERR_INVALIDCAPCMD = "410", "Invalid CAP command"  # IRCv3 capability-negotiation
    ERR_NORECIPIENT = "411", "No recipient given ({command})"
    ERR_NOTEXTTOSEND = "412", "No text to send"
    ERR_INPUTTOOLONG = "417", "Input line was too long"
    ERR_UNKNOWNCOMMAND = "421", "Unknown command"
    ERR_NOMOTD = "422", "MOTD File is missing"
    ERR_NOADMININFO = "423", "No administrative info available"  # RFC 2812 section 5.2
    ERR_NONICKNAMEGIVEN = "431", "No nickname given"
    ERR_ERRONEUSNICKNAME = "432", "Erroneus nickname"
    ERR_NICKNAMEINUSE = "433", "Nickname is already in use"
    ERR_NICKCOLLISION = "436", "Nickname collision KILL from {user}@{host}"
    ERR_USERNOTINCHANNEL = "441", "They aren't on that channel"
    ERR_NOTONCHANNEL = "442", "You're not on that channel"
    ERR_USERONCHANNEL = "443", "is already on channel"
    ERR_NOTREGISTERED = "451", "You have not registered"
    ERR_NEEDMOREPARAMS = "461", "Not enough parameters"
    ERR_ALREADYREGISTERED = "462", "You may not reregister"
    ERR_PASSWDMISMATCH = "464", "Password incorrect"
    ERR_YOUREBANNEDCREEP = "465", "You are banned from this server."
    ERR_LINKCHANNEL = "470"  # IRCv3 channel-rename
    ERR_CHANNELISFULL = "471", "Cannot join channel (+l)"
    ERR_UNKNOWNMODE = "472", "is unknown mode char to me"
    ERR_INVITEONLYCHAN = "473", "Cannot join channel (+i)"
    ERR_BANNEDFROMCHAN = "474", "Cannot join channel (+b)"
    ERR_BADCHANNELKEY = "475", "Cannot join channel (+k)"
    ERR_BADCHANMASK = "476", "Bad Channel Mask"
    ERR_BANLISTFULL = "478", "Channel list is full"  # RFC 2812 section 5.2
    ERR_NOPRIVILEGES = "481", "Permission Denied- You're not an IRC operator"
    ERR_CHANOPRIVSNEEDED = "482", "You're not channel operator"
    ERR_CANTKILLSERVER = "483", "You cant kill a server!"
    ERR_NOOPERHOST = "491", "No O-lines for your host"
    ERR_UMODEUNKNOWNFLAG = "501", "Unknown MODE flag"
    ERR_USERSDONTMATCH = "502", "Cant change mode for other users"
    ERR_HELPNOTFOUND = "524", "No help available on this topic"
    ERR_INVALIDKEY = "525", "Key is not well-formed"
    ERR_INVALIDMODEPARAM = "696"
    ERR_NOPRIVS = "723", "Insufficient oper privileges."

    # Accounts.
    RPL_LOGGEDIN = "900", "You are now logged in as {account}"
    RPL_LOGGEDOUT = "901", "You are now logged out"
    ERR_NICKLOCKED = "902", "You must use a nick assigned to you"
    RPL_SASLSUCCESS = "903", "SASL authentication successful"
    ERR_SASLFAIL = "904", "SASL authentication failed"
    ERR_SASLTOOLONG = "905", "SASL message too long"
    ERR_SASLABORTED = "906", "SASL authentication aborted"
    ERR_SASLALREADY = "907", "You have already authenticated using SASL"
    RPL_SASLMECHS = "908", "are available SASL mechanisms"
