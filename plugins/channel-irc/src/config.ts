import { closed, Secret } from '@openclaw/sdk'
import Type from 'typebox'

/** `channels.irc.accounts.<name>` */
export const account = closed(
  {
    host: Type.String({ minLength: 1, description: 'The server, e.g. `irc.libera.chat`.' }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535, default: 6697, description: 'Its port.' })),
    tls: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'Encrypt the connection. Without it no password goes to another machine.',
      }),
    ),
    nick: Type.String({
      pattern: '^[A-Za-z[\\]\\\\`_^{|}][A-Za-z0-9[\\]\\\\`_^{|}-]{0,29}$',
      description: 'The name that people see and call.',
    }),
    username: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9._-]{1,10}$', description: 'The part before the @; the nick when absent.' }),
    ),
    realname: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\r\\n\\0]*$', description: 'Shown by /whois.' }),
    ),
    sasl: Type.Optional(
      closed(
        {
          account: Type.String({ minLength: 1, description: 'The account that was registered with NickServ.' }),
          password: Secret({ description: 'Its password.' }),
        },
        { description: 'Log in to services with a password (SASL PLAIN).' },
      ),
    ),
    certificate: Type.Optional(
      closed(
        {
          cert: Type.String({ minLength: 1, description: 'Path of the certificate, in PEM.' }),
          key: Type.String({ minLength: 1, description: 'Path of its private key, in PEM.' }),
        },
        { description: 'Log in to services with a client certificate (SASL EXTERNAL), in place of `sasl`.' },
      ),
    ),
    serverPassword: Type.Optional(
      Secret({ boundTo: 'host', description: 'Password of the server itself; few public ones have one.' }),
    ),
    channels: Type.Optional(
      Type.Array(Type.String({ pattern: '^[#&+!][^ ,\\x07\\r\\n\\0]{1,199}( [^ ,\\r\\n\\0]{1,50})?$' }), {
        description: 'Channels to join, e.g. `#garden`; with its key behind a space where it has one.',
      }),
    ),
    flood: Type.Optional(
      closed(
        {
          burst: Type.Optional(
            Type.Integer({ minimum: 1, default: 4, description: 'Lines that may go at once after a rest.' }),
          ),
          everyMs: Type.Optional(
            Type.Integer({ minimum: 0, default: 2000, description: 'After those, one line every so many ms.' }),
          ),
        },
        { description: 'How fast we write, so that the server does not throw us out for flooding.' },
      ),
    ),
  },
  {
    description:
      '1. Choose a network and a nick, and connect once with any IRC client under that nick. ' +
      '2. Register it there: `/msg NickServ REGISTER <password> <email>`, and confirm the e-mail. ' +
      '3. Give host, nick and the channels to join here, and the account with its password under `sasl`. ' +
      '4. People who shall be known to it must be logged in to NickServ themselves: a nick proves nothing.',
  },
)
