import { problemsOf } from '@belkluis/shared/base/problem';

export const problem = problemsOf({
  topic_foreign:
    'The fleet publishes to boxes, on topics of the contract, and nowhere else. This is a fault of the program: report it.',
  message_large: 'The message is larger than a broker lets through. This is a fault of the program: report it.',
  broker_closed: 'The broker has been closed. Nothing is sent any more.',
  broker_unreachable:
    'The broker at MQTT_URL does not answer, or went away before it had the message. See whether it runs, and whether its certificate is one that the fleet trusts.',
  broker_refused:
    'The broker at MQTT_URL does not let the fleet subscribe. See whether its access file has the name in the fleet’s certificate.',
  kick_failed:
    'The box could not be disconnected at the broker at MQTT_URL. See whether the broker has a listener for the fleet alone, on which it may choose its client id.',
  port_taken: 'The broker cannot listen on its port. Another program has it, or the address is not of this machine.',
  fleet_name_invalid: 'The name in the fleet’s certificate must be `fleet`, or `fleet-` and a word.',
});
